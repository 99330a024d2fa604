"""What an entry of the trail says in words: the name of the act stays beside it, for whoever compares the two."""
from app.kit.text import Text

READ: dict[str, Text] = {
    "audit": Text(zh="查看审计", en="read the trail"),
    "board": Text(zh="看配药列表", en="saw the dispatch board"),
    "call_back": Text(zh="看回电列表", en="saw who waits for a call"),
    "conditions": Text(zh="看诊断", en="read diagnoses"),
    "consents": Text(zh="看同意书", en="read consents"),
    "decision": Text(zh="看判定", en="read a decision"),
    "document": Text(zh="看文件", en="opened a document"),
    "entry": Text(zh="看一条记录", en="read an entry of the record"),
    "evidence": Text(zh="看病历证明", en="read evidence"),
    "hand_overs": Text(zh="看对外提供资料的登记", en="read the register of what was given to others"),
    "history": Text(zh="看过敏和用药", en="read allergies and medicines"),
    "looks": Text(zh="看谁查阅过", en="read who looked"),
    "note": Text(zh="看病历", en="read a note"),
    "order": Text(zh="看订单", en="read an order"),
    "orders": Text(zh="看订单列表", en="saw orders"),
    "prescription": Text(zh="看处方", en="read a prescription"),
    "prescriptions": Text(zh="看处方列表", en="saw prescriptions"),
    "queue": Text(zh="看候诊队列", en="saw the queue"),
    "reviews": Text(zh="看审方队列", en="saw the review queue"),
    "search": Text(zh="查找", en="searched"),
    "timeline": Text(zh="看健康记录", en="read the record's timeline"),
    "triage": Text(zh="看分诊", en="read a triage"),
    "visit": Text(zh="看就诊", en="read a visit"),
}
DONE: dict[str, Text] = {
    "act_for": Text(zh="替家人操作", en="acted for a relative"),
    "audit:verified": Text(zh="核验审计", en="verified the trail"),
    "break_glass": Text(zh="紧急查阅", en="opened a record in an emergency"),
    "call_back:made": Text(zh="打过回电", en="called back"),
    "condition_in_error": Text(zh="撤回误写的诊断", en="withdrew a diagnosis written in error"),
    "consent_withdrawn": Text(zh="收回同意", en="withdrew a consent"),
    "history_changed": Text(zh="改过敏和用药", en="changed allergies or medicines"),
    "policy:judged": Text(zh="规则判定", en="rules decided"),
    "retention_erased": Text(zh="删除到期资料", en="erased what was past its period"),
    "retention_files_shredded": Text(zh="销毁到期文件", en="shredded files past their period"),
    "retention_hold_released": Text(zh="解除保全", en="released a hold"),
    "retention_hold_set": Text(zh="设置保全", en="set a hold"),
    "retention_report_confirmed": Text(zh="确认删除清单", en="confirmed a list of what may go"),
    "retention_report_drawn": Text(zh="列出删除清单", en="drew a list of what may go"),
    "retention_report_dropped": Text(zh="放弃删除清单", en="dropped a list of what may go"),
    "retention_report_run": Text(zh="执行删除清单", en="carried out a list of what may go"),
    "retention_report_vouched": Text(zh="先行确认删除清单", en="was the first of two to confirm a list of what may go"),
    "treatment_closed": Text(zh="诊疗关系结束", en="treatment relation ended"),
    "treatment_opened": Text(zh="诊疗关系开始", en="treatment relation began"),
    "visit:outcome": Text(zh="写下就诊结果", en="noted how a visit ended"),
}
HAPPENED: dict[str, Text] = {
    "AccountRegistered": Text(zh="注册账号", en="registered an account"),
    "PatientAdded": Text(zh="添加就诊人", en="added a patient"),
    "IdentityVerified": Text(zh="身份核对", en="identity checked"),
    "LicenceChanged": Text(zh="执业档案变更", en="licence file changed"),
    "LicenceDecided": Text(zh="核实执业档案", en="decided on a licence file"),
    "GuardianInvited": Text(zh="邀请监护人", en="invited a guardian"),
    "GuardianshipEnded": Text(zh="监护关系结束", en="ended a guardianship"),
    "RoleWithdrawn": Text(zh="收回角色", en="withdrew a role"),
    "RoleGiven": Text(zh="授予角色", en="gave a role"),
    "PartnerKeyIssued": Text(zh="给伙伴医院发了密钥", en="gave a partner hospital a key"),
    "PartnerKeyWithdrawn": Text(zh="收回伙伴医院的密钥", en="withdrew a partner hospital's key"),
    "partner:asked": Text(zh="请伙伴医院发病历", en="asked a partner hospital for the record"),
    "partner:not-asked": Text(zh="不再请伙伴医院发病历", en="took back the request to a partner hospital"),
    "read:identity": Text(zh="看姓名和身份证号", en="saw name and identity number"),
    "OrganizationOpened": Text(zh="机构开通", en="opened an organisation"),
    "SigningKeyMade": Text(zh="生成签名密钥", en="made a signing key"),
    "DutyChanged": Text(zh="改变接诊状态", en="went on or off duty"),
    "SignedIn": Text(zh="登录", en="signed in"),
    "SignedOutEverywhere": Text(zh="在所有设备退出", en="signed out everywhere"),
    "ConsentGiven": Text(zh="给出同意", en="gave a consent"),
    "HistoryConfirmed": Text(zh="确认过敏和用药", en="confirmed allergies and medicines"),
    "DocumentKept": Text(zh="存入文件", en="kept a document"),
    "EvidenceOffered": Text(zh="提交病历证明", en="offered evidence"),
    "EvidenceAccepted": Text(zh="采信凭证", en="accepted evidence"),
    "EvidenceRefused": Text(zh="不采信凭证", en="refused evidence"),
    "TriageFinished": Text(zh="完成分诊", en="finished triage"),
    "VisitRequested": Text(zh="申请就诊", en="asked for a visit"),
    "VisitWaiting": Text(zh="进入候诊", en="visit began to wait"),
    "VisitAccepted": Text(zh="接诊", en="took a patient"),
    "VisitDeclined": Text(zh="不接诊", en="declined a visit"),
    "VisitRefused": Text(zh="规则拒绝就诊", en="rules refused a visit"),
    "VisitExpired": Text(zh="就诊超时", en="visit expired"),
    "VisitCancelled": Text(zh="取消就诊", en="cancelled a visit"),
    "VisitReferred": Text(zh="转诊", en="referred a patient"),
    "VisitAbandoned": Text(zh="就诊无人继续", en="visit was left"),
    "VisitCompleted": Text(zh="完成就诊", en="finished a visit"),
    "MessageSent": Text(zh="发消息", en="sent a message"),
    "FollowUpJudged": Text(zh="判断是否复诊", en="judged whether it is a follow-up"),
    "DiagnosisRecorded": Text(zh="写下诊断", en="recorded a diagnosis"),
    "PrescriptionSigned": Text(zh="签署处方", en="signed a prescription"),
    "PrescriptionApproved": Text(zh="审方通过", en="approved a prescription"),
    "PrescriptionReturned": Text(zh="退回处方", en="returned a prescription"),
    "PrescriptionRevoked": Text(zh="撤销处方", en="revoked a prescription"),
    "PrescriptionExpired": Text(zh="处方过期", en="prescription expired"),
    "PrescriptionRedeemed": Text(zh="处方被领取", en="prescription was claimed"),
    "RedemptionReversed": Text(zh="处方放回", en="claim on a prescription given back"),
    "PolicyDraftBegun": Text(zh="起草规则", en="began a draft of the rules"),
    "PolicyDraftSaved": Text(zh="改规则草稿", en="changed a draft of the rules"),
    "PolicyChecked": Text(zh="检查规则", en="checked the rules"),
    "PolicyReplayed": Text(zh="回放规则", en="replayed the rules"),
    "PolicyProposed": Text(zh="提交规则", en="proposed the rules"),
    "PolicyApproved": Text(zh="批准规则", en="approved the rules"),
    "PolicyRejected": Text(zh="退回规则", en="sent the rules back"),
    "PolicyPublished": Text(zh="发布规则", en="published the rules"),
    "PolicyWithdrawn": Text(zh="撤回规则", en="withdrew the rules"),
    "OrderPlaced": Text(zh="下单", en="placed an order"),
    "OfferMade": Text(zh="询问药房", en="asked a pharmacy"),
    "OfferAccepted": Text(zh="药房接单", en="accepted an order"),
    "OfferDeclined": Text(zh="药房不接单", en="declined an order"),
    "OfferLapsed": Text(zh="药房没有答复", en="offer lapsed"),
    "OrderUnfilled": Text(zh="没有药房能配", en="order found no pharmacy"),
    "OrderCancelled": Text(zh="取消订单", en="cancelled an order"),
    "OrderPacked": Text(zh="装箱", en="packed an order"),
    "OrderShipped": Text(zh="交给骑手", en="handed an order to the courier"),
    "OrderSetAside": Text(zh="订单先放一边", en="set an order aside"),
    "DeliveryCodeRenewed": Text(zh="换取药码", en="renewed a delivery code"),
    "OrderDelivered": Text(zh="送达", en="delivered an order"),
    "PaymentAuthorised": Text(zh="冻结款项", en="payment held"),
    "PaymentCaptured": Text(zh="扣款", en="payment taken"),
    "PaymentReleased": Text(zh="解冻款项", en="payment released"),
    "PaymentRefunded": Text(zh="退款", en="payment refunded"),
    "PaymentFailed": Text(zh="付款失败", en="payment failed"),
    "CaptureFailed": Text(zh="扣款失败", en="payment could not be taken"),
}
WORDS: dict[str, Text] = {**{f"read:{what}": words for what, words in READ.items()}, **DONE, **HAPPENED}


def in_words(action: str) -> Text:
    """The act in both languages; one that has no words yet shows its name."""
    return WORDS.get(action, Text(zh=action, en=action))


def meant_by(query: str) -> list[str]:
    """The names of the acts whose words contain what was typed."""
    typed = query.strip().casefold()
    return [name for name, words in WORDS.items() if typed in words.zh or typed in words.en.casefold()]


ABOUT: dict[str, Text] = {
    "account": Text(zh="账号", en="account"), "conditions": Text(zh="诊断", en="diagnosis"),
    "decision": Text(zh="判定", en="decision"), "document": Text(zh="文件", en="document"),
    "entry": Text(zh="记录", en="entry"), "evidence": Text(zh="凭证", en="evidence"),
    "licence_file": Text(zh="执业档案", en="licence file"), "note": Text(zh="病历", en="note"),
    "order": Text(zh="订单", en="order"), "organization": Text(zh="机构", en="organisation"),
    "policy_decision": Text(zh="判定", en="decision"), "practitioner": Text(zh="执业人员", en="practitioner"),
    "prescription": Text(zh="处方", en="prescription"), "signing_key": Text(zh="签名密钥", en="signing key"),
    "triage": Text(zh="分诊", en="triage"), "visit": Text(zh="就诊", en="visit"),
}


def about(kind: str) -> Text | str:
    """What kind of thing an entry is about; nothing where it is about no one thing."""
    return ABOUT.get(kind, kind)
