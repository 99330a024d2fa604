CREATE TABLE account (
	id CHAR(32) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	user_name VARCHAR(40),
	name_zh VARCHAR(60) NOT NULL,
	name_en VARCHAR(60) NOT NULL,
	phone_sealed VARCHAR(200),
	phone_index VARCHAR(64),
	password_hash VARCHAR(200) NOT NULL,
	totp_sealed VARCHAR(200),
	totp_last_step INTEGER NOT NULL,
	language VARCHAR(2) NOT NULL,
	text_size VARCHAR(10) NOT NULL,
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_account PRIMARY KEY (id),
	CONSTRAINT ck_account_kind_known CHECK (kind IN ('patient', 'staff')),
	CONSTRAINT ck_account_language_known CHECK (language IN ('zh', 'en')),
	CONSTRAINT ck_account_text_size_known CHECK (text_size IN ('', 'elder', 'elder-xl')),
	CONSTRAINT uq_account_user_name UNIQUE (user_name),
	CONSTRAINT uq_account_phone_index UNIQUE (phone_index)
);

CREATE TABLE allowed_beneficiary (
	kind VARCHAR(20) NOT NULL,
	beneficiary_kind VARCHAR(20) NOT NULL,
	CONSTRAINT pk_allowed_beneficiary PRIMARY KEY (kind, beneficiary_kind),
	CONSTRAINT ck_allowed_beneficiary_no_kickback CHECK (NOT (kind IN ('drug', 'delivery') AND beneficiary_kind = 'doctor'))
);

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('consult_fee', 'hospital');

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('consult_fee', 'doctor');

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('consult_fee', 'platform');

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('drug', 'pharmacy');

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('delivery', 'courier');

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('delivery', 'pharmacy');

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('care_plan', 'hospital');

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('care_plan', 'care_manager');

INSERT INTO allowed_beneficiary (kind, beneficiary_kind) VALUES ('service', 'hospital');

CREATE TABLE audit_checkpoint (
	size INTEGER NOT NULL,
	at DATETIME NOT NULL,
	root VARCHAR(64) NOT NULL,
	note VARCHAR NOT NULL,
	CONSTRAINT pk_audit_checkpoint PRIMARY KEY (size)
);

CREATE TRIGGER audit_checkpoint_kept_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is never changed by UPDATE'); END;

CREATE TRIGGER audit_checkpoint_kept_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is never changed by DELETE'); END;

CREATE TABLE audit_entry (
	id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	action VARCHAR(80) NOT NULL,
	ground VARCHAR(20) NOT NULL,
	actor_role VARCHAR(30) NOT NULL,
	actor_id CHAR(32),
	organization_id CHAR(32),
	patient_id CHAR(32),
	subject_kind VARCHAR(40) NOT NULL,
	subject_id CHAR(32),
	facts JSON NOT NULL,
	salt VARCHAR(32) NOT NULL,
	CONSTRAINT pk_audit_entry PRIMARY KEY (id)
);

CREATE TRIGGER audit_entry_kept_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is never changed by UPDATE'); END;

CREATE TRIGGER audit_entry_kept_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is never changed by DELETE'); END;

CREATE TABLE audit_leaf (
	seq INTEGER NOT NULL,
	entry_id CHAR(32) NOT NULL,
	leaf_hash VARCHAR(64) NOT NULL,
	CONSTRAINT pk_audit_leaf PRIMARY KEY (seq),
	CONSTRAINT uq_audit_leaf_entry_id UNIQUE (entry_id)
);

CREATE TRIGGER audit_leaf_kept_update BEFORE UPDATE ON audit_leaf BEGIN SELECT RAISE(ABORT, 'audit_leaf is never changed by UPDATE'); END;

CREATE TRIGGER audit_leaf_kept_delete BEFORE DELETE ON audit_leaf BEGIN SELECT RAISE(ABORT, 'audit_leaf is never changed by DELETE'); END;

CREATE TABLE audit_pending (
	entry_id CHAR(32) NOT NULL,
	leaf_hash VARCHAR(64) NOT NULL,
	CONSTRAINT pk_audit_pending PRIMARY KEY (entry_id)
);

CREATE TABLE audit_tree (
	id INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	CONSTRAINT pk_audit_tree PRIMARY KEY (id)
);

CREATE TABLE call_check (
	id CHAR(32) NOT NULL,
	asked_at DATETIME NOT NULL,
	asked_by CHAR(32) NOT NULL,
	done_at DATETIME,
	findings JSON NOT NULL,
	CONSTRAINT pk_call_check PRIMARY KEY (id)
);

CREATE TABLE call_settings (
	id CHAR(32) NOT NULL,
	set_at DATETIME NOT NULL,
	set_by CHAR(32) NOT NULL,
	recording VARCHAR(10) NOT NULL,
	picture_kbits INTEGER NOT NULL,
	CONSTRAINT pk_call_settings PRIMARY KEY (id)
);

CREATE TABLE job (
	id CHAR(32) NOT NULL,
	"key" VARCHAR(200) NOT NULL,
	kind VARCHAR(120) NOT NULL,
	due DATETIME NOT NULL,
	lease DATETIME NOT NULL,
	attempts INTEGER NOT NULL,
	args JSON NOT NULL,
	CONSTRAINT pk_job PRIMARY KEY (id),
	CONSTRAINT uq_job_key UNIQUE ("key")
);

CREATE TABLE one_time_code (
	id CHAR(32) NOT NULL,
	phone_index VARCHAR(64) NOT NULL,
	purpose VARCHAR(20) NOT NULL,
	code_hash VARCHAR(64) NOT NULL,
	expires_at DATETIME NOT NULL,
	used_at DATETIME,
	CONSTRAINT pk_one_time_code PRIMARY KEY (id),
	CONSTRAINT uq_one_time_code_phone_index_purpose UNIQUE (phone_index, purpose)
);

CREATE TABLE organization (
	id CHAR(32) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	name_zh VARCHAR(100) NOT NULL,
	name_en VARCHAR(100) NOT NULL,
	address_zh VARCHAR(200) NOT NULL,
	address_en VARCHAR(200) NOT NULL,
	latitude FLOAT,
	longitude FLOAT,
	licence_no VARCHAR(60),
	licensed_internet BOOLEAN,
	licence_expires DATE,
	licensed_online BOOLEAN,
	CONSTRAINT pk_organization PRIMARY KEY (id),
	CONSTRAINT ck_organization_kind_known CHECK (kind IN ('hospital', 'pharmacy', 'partner_hospital', 'clinic'))
);

CREATE TABLE payment (
	id CHAR(32) NOT NULL,
	payable_kind VARCHAR(10) NOT NULL,
	payable_id CHAR(32) NOT NULL,
	attempt INTEGER NOT NULL,
	patient_id CHAR(32) NOT NULL,
	account_id CHAR(32),
	organization_id CHAR(32),
	provider VARCHAR(30) NOT NULL,
	provider_ref VARCHAR(80),
	fen BIGINT NOT NULL,
	currency VARCHAR(3) NOT NULL,
	state VARCHAR(20) NOT NULL,
	wanted VARCHAR(10) NOT NULL,
	round INTEGER NOT NULL,
	captured_fen BIGINT NOT NULL,
	refunded_fen BIGINT NOT NULL,
	next_step VARCHAR(500),
	reason VARCHAR(80),
	created_at DATETIME NOT NULL,
	expires_at DATETIME,
	authorised_at DATETIME,
	captured_at DATETIME,
	ended_at DATETIME,
	debt_since DATETIME,
	CONSTRAINT pk_payment PRIMARY KEY (id),
	CONSTRAINT uq_payment_attempt UNIQUE (payable_kind, payable_id, attempt),
	CONSTRAINT uq_payment_id_payable_kind UNIQUE (id, payable_kind),
	CONSTRAINT ck_payment_payable_kind_known CHECK (payable_kind IN ('visit', 'order')),
	CONSTRAINT ck_payment_wanted_known CHECK (wanted IN ('held', 'settled', 'released')),
	CONSTRAINT ck_payment_fen_positive CHECK (fen > 0),
	CONSTRAINT ck_payment_captured_within CHECK (captured_fen >= 0 AND captured_fen <= fen),
	CONSTRAINT ck_payment_refunded_within CHECK (refunded_fen >= 0 AND refunded_fen <= captured_fen),
	CONSTRAINT ck_payment_state_known CHECK (state IN ('created', 'authorised', 'captured', 'cancelled', 'failed', 'expired', 'partly_refunded', 'refunded'))
);

CREATE TABLE policy_decision (
	id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	actor_role VARCHAR(30) NOT NULL,
	actor_id CHAR(32),
	organization_id CHAR(32),
	stage VARCHAR(40) NOT NULL,
	as_of DATE NOT NULL,
	verdict VARCHAR(30) NOT NULL,
	subject_kind VARCHAR(40) NOT NULL,
	subject_id CHAR(32),
	patient_id CHAR(32),
	visit_id CHAR(32),
	prescription_id CHAR(32),
	line INTEGER,
	house_version_id CHAR(32),
	spoken VARCHAR NOT NULL,
	record BLOB NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	CONSTRAINT pk_policy_decision PRIMARY KEY (id)
);

CREATE TRIGGER policy_decision_kept_update BEFORE UPDATE ON policy_decision BEGIN SELECT RAISE(ABORT, 'policy_decision is never changed by UPDATE'); END;

CREATE TRIGGER policy_decision_kept_delete BEFORE DELETE ON policy_decision WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'policy_decision is never changed by DELETE'); END;

CREATE TABLE policy_text (
	sha256 VARCHAR(64) NOT NULL,
	policy VARCHAR(60) NOT NULL,
	version VARCHAR(40) NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT pk_policy_text PRIMARY KEY (sha256)
);

CREATE TRIGGER policy_text_kept_update BEFORE UPDATE ON policy_text BEGIN SELECT RAISE(ABORT, 'policy_text is never changed by UPDATE'); END;

CREATE TRIGGER policy_text_kept_delete BEFORE DELETE ON policy_text BEGIN SELECT RAISE(ABORT, 'policy_text is never changed by DELETE'); END;

CREATE TABLE policy_version (
	id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	number INTEGER NOT NULL,
	state VARCHAR(20) NOT NULL,
	revision INTEGER NOT NULL,
	source VARCHAR NOT NULL,
	content BLOB NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	cases VARCHAR NOT NULL,
	why VARCHAR(1000) NOT NULL,
	based_on CHAR(32),
	author_id CHAR(32) NOT NULL,
	writers JSON NOT NULL,
	created_at DATETIME NOT NULL,
	changed_at DATETIME NOT NULL,
	checked_at DATETIME,
	cases_held INTEGER NOT NULL,
	replayed_at DATETIME,
	proposed_at DATETIME,
	proposed_by CHAR(32),
	wanted_from DATE,
	approved_at DATETIME,
	approved_by CHAR(32),
	published_at DATETIME,
	published_by CHAR(32),
	effective_from DATE,
	ended_at DATETIME,
	ended_by CHAR(32),
	reason VARCHAR(500) NOT NULL,
	CONSTRAINT pk_policy_version PRIMARY KEY (id),
	CONSTRAINT ck_policy_version_state_known CHECK (state IN ('draft', 'checked', 'replayed', 'proposed', 'approved', 'rejected', 'published', 'withdrawn')),
	CONSTRAINT uq_policy_version_organization_id_number UNIQUE (organization_id, number),
	CONSTRAINT fk_policy_version_based_on_policy_version FOREIGN KEY(based_on) REFERENCES policy_version (id)
);

CREATE TRIGGER policy_version_kept_update BEFORE UPDATE ON policy_version WHEN OLD.proposed_at IS NOT NULL AND (NEW.organization_id IS DISTINCT FROM OLD.organization_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.source IS DISTINCT FROM OLD.source OR NEW.content IS DISTINCT FROM OLD.content OR NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.cases IS DISTINCT FROM OLD.cases OR NEW.why IS DISTINCT FROM OLD.why OR NEW.based_on IS DISTINCT FROM OLD.based_on OR NEW.author_id IS DISTINCT FROM OLD.author_id OR NEW.writers IS DISTINCT FROM OLD.writers OR NEW.wanted_from IS DISTINCT FROM OLD.wanted_from OR NEW.proposed_at IS DISTINCT FROM OLD.proposed_at OR NEW.proposed_by IS DISTINCT FROM OLD.proposed_by) OR OLD.published_at IS NOT NULL AND (NEW.effective_from IS DISTINCT FROM OLD.effective_from OR NEW.published_at IS DISTINCT FROM OLD.published_at OR NEW.published_by IS DISTINCT FROM OLD.published_by OR NEW.approved_at IS DISTINCT FROM OLD.approved_at OR NEW.approved_by IS DISTINCT FROM OLD.approved_by) BEGIN SELECT RAISE(ABORT, 'policy_version is never changed by UPDATE'); END;

CREATE TRIGGER policy_version_kept_delete BEFORE DELETE ON policy_version BEGIN SELECT RAISE(ABORT, 'policy_version is never changed by DELETE'); END;

CREATE TABLE prescription (
	id CHAR(32) NOT NULL,
	number VARCHAR(24) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	version INTEGER NOT NULL,
	supersedes_id CHAR(32),
	state VARCHAR(20) NOT NULL,
	drafted_at DATETIME NOT NULL,
	validity_days INTEGER NOT NULL,
	is_long_term BOOLEAN NOT NULL,
	stable_chronic BOOLEAN,
	strict_assessment BOOLEAN,
	extension_reason VARCHAR(500) NOT NULL,
	off_label BOOLEAN,
	off_label_consent BOOLEAN,
	note VARCHAR(1000) NOT NULL,
	signed_at DATETIME,
	expires_at DATETIME,
	canonical BLOB,
	digest VARCHAR(64) NOT NULL,
	signature VARCHAR(400) NOT NULL,
	signature_key VARCHAR(80) NOT NULL,
	public_key VARCHAR(1000) NOT NULL,
	reviewer_id CHAR(32),
	reviewed_at DATETIME,
	relied_on_at DATETIME,
	shown_at DATETIME,
	shown_times INTEGER NOT NULL,
	data_version VARCHAR(80) NOT NULL,
	CONSTRAINT pk_prescription PRIMARY KEY (id),
	CONSTRAINT ck_prescription_state_known CHECK (state IN ('draft', 'signed', 'discarded', 'approved', 'returned', 'superseded', 'partly_redeemed', 'redeemed', 'revoked', 'expired')),
	CONSTRAINT uq_prescription_number UNIQUE (number),
	CONSTRAINT uq_prescription_supersedes_id UNIQUE (supersedes_id)
);

CREATE TRIGGER prescription_kept_update BEFORE UPDATE ON prescription WHEN OLD.signed_at IS NOT NULL AND (NEW.canonical IS DISTINCT FROM OLD.canonical OR NEW.digest IS DISTINCT FROM OLD.digest OR NEW.signature IS DISTINCT FROM OLD.signature OR NEW.signature_key IS DISTINCT FROM OLD.signature_key OR NEW.public_key IS DISTINCT FROM OLD.public_key OR NEW.signed_at IS DISTINCT FROM OLD.signed_at OR NEW.expires_at IS DISTINCT FROM OLD.expires_at OR NEW.visit_id IS DISTINCT FROM OLD.visit_id OR NEW.patient_id IS DISTINCT FROM OLD.patient_id OR NEW.practitioner_id IS DISTINCT FROM OLD.practitioner_id OR NEW.version IS DISTINCT FROM OLD.version OR NEW.number IS DISTINCT FROM OLD.number) BEGIN SELECT RAISE(ABORT, 'prescription is never changed by UPDATE'); END;

CREATE TRIGGER prescription_kept_delete BEFORE DELETE ON prescription WHEN OLD.signed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'prescription is never changed by DELETE'); END;

CREATE TABLE rate_counter (
	"key" VARCHAR(120) NOT NULL,
	window_start DATETIME NOT NULL,
	count INTEGER NOT NULL,
	CONSTRAINT pk_rate_counter PRIMARY KEY ("key")
);

CREATE TABLE realname_check (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	matched BOOLEAN NOT NULL,
	method VARCHAR(30) NOT NULL,
	reference VARCHAR(100) NOT NULL,
	asked_at DATETIME NOT NULL,
	answered_at DATETIME NOT NULL,
	CONSTRAINT pk_realname_check PRIMARY KEY (id)
);

CREATE TABLE retention_hold (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	reason VARCHAR(500) NOT NULL,
	set_at DATETIME NOT NULL,
	set_by CHAR(32),
	released_at DATETIME,
	released_by CHAR(32),
	release_reason VARCHAR(500) NOT NULL,
	CONSTRAINT pk_retention_hold PRIMARY KEY (id),
	CONSTRAINT ck_retention_hold_says_why CHECK (length(reason) >= 4)
);

CREATE TABLE retention_report (
	id CHAR(32) NOT NULL,
	state VARCHAR(20) NOT NULL,
	drawn_at DATETIME NOT NULL,
	drawn_by CHAR(32),
	digest VARCHAR(64) NOT NULL,
	counts JSON NOT NULL,
	confirmed_at DATETIME,
	confirmed_by CHAR(32),
	done_at DATETIME,
	CONSTRAINT pk_retention_report PRIMARY KEY (id),
	CONSTRAINT ck_retention_report_state_known CHECK (state IN ('drawn', 'confirmed', 'dropped', 'running', 'done'))
);

CREATE TABLE sms_outbox (
	id CHAR(32) NOT NULL,
	phone_index VARCHAR(64) NOT NULL,
	phone_masked VARCHAR(20) NOT NULL,
	text_sealed VARCHAR(500),
	provider VARCHAR(30) NOT NULL,
	reference VARCHAR(100) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_sms_outbox PRIMARY KEY (id)
);

CREATE TABLE till_intent (
	ref VARCHAR(64) NOT NULL,
	provider VARCHAR(30) NOT NULL,
	payment_id CHAR(32) NOT NULL,
	fen BIGINT NOT NULL,
	currency VARCHAR(3) NOT NULL,
	status VARCHAR(20) NOT NULL,
	captured_fen BIGINT NOT NULL,
	reason VARCHAR(60),
	created_at DATETIME NOT NULL,
	expires_at DATETIME,
	CONSTRAINT pk_till_intent PRIMARY KEY (ref),
	CONSTRAINT ck_till_intent_captured_within CHECK (captured_fen >= 0 AND captured_fen <= fen)
);

CREATE TABLE triage_rule_set (
	id CHAR(32) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	content VARCHAR NOT NULL,
	first_used_at DATETIME NOT NULL,
	CONSTRAINT pk_triage_rule_set PRIMARY KEY (id),
	CONSTRAINT uq_triage_rule_set_hash UNIQUE (hash)
);

CREATE TRIGGER triage_rule_set_kept_update BEFORE UPDATE ON triage_rule_set BEGIN SELECT RAISE(ABORT, 'triage_rule_set is never changed by UPDATE'); END;

CREATE TRIGGER triage_rule_set_kept_delete BEFORE DELETE ON triage_rule_set BEGIN SELECT RAISE(ABORT, 'triage_rule_set is never changed by DELETE'); END;

CREATE TABLE visit (
	id CHAR(32) NOT NULL,
	number VARCHAR(20) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	triage_id CHAR(32) NOT NULL,
	level VARCHAR(20) NOT NULL,
	department VARCHAR(40) NOT NULL,
	complaint VARCHAR(500) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	mode VARCHAR(10) NOT NULL,
	bridge BOOLEAN NOT NULL,
	state VARCHAR(20) NOT NULL,
	practitioner_id CHAR(32),
	wanted_practitioner_id CHAR(32),
	forecast_id CHAR(32),
	price_fen INTEGER NOT NULL,
	requested_at DATETIME NOT NULL,
	waiting_since DATETIME,
	deadline DATETIME NOT NULL,
	accepted_at DATETIME,
	ended_at DATETIME,
	end_reason VARCHAR(1000) NOT NULL,
	capture_failed BOOLEAN NOT NULL,
	last_seq INTEGER NOT NULL,
	last_sender VARCHAR(10) NOT NULL,
	last_message_at DATETIME,
	patient_delivered INTEGER NOT NULL,
	patient_read INTEGER NOT NULL,
	doctor_delivered INTEGER NOT NULL,
	doctor_read INTEGER NOT NULL,
	CONSTRAINT pk_visit PRIMARY KEY (id),
	CONSTRAINT ck_visit_state_known CHECK (state IN ('requested', 'waiting', 'needs_evidence', 'refused', 'in_progress', 'declined', 'expired', 'cancelled', 'completed', 'referred', 'abandoned')),
	CONSTRAINT uq_visit_number UNIQUE (number)
);

CREATE TABLE visit_forecast (
	id CHAR(32) NOT NULL,
	triage_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	verdict VARCHAR(10) NOT NULL,
	diagnosed_before BOOLEAN,
	content BLOB NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	CONSTRAINT pk_visit_forecast PRIMARY KEY (id)
);

CREATE TRIGGER visit_forecast_kept_update BEFORE UPDATE ON visit_forecast BEGIN SELECT RAISE(ABORT, 'visit_forecast is never changed by UPDATE'); END;

CREATE TRIGGER visit_forecast_kept_delete BEFORE DELETE ON visit_forecast WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'visit_forecast is never changed by DELETE'); END;

CREATE TABLE webhook_event (
	id CHAR(32) NOT NULL,
	provider VARCHAR(30) NOT NULL,
	event_id VARCHAR(255) NOT NULL,
	kind VARCHAR(100) NOT NULL,
	ref VARCHAR(255),
	payment_id CHAR(32),
	raw BLOB NOT NULL,
	received_at DATETIME NOT NULL,
	applied_at DATETIME,
	CONSTRAINT pk_webhook_event PRIMARY KEY (id),
	CONSTRAINT uq_webhook_event_event_id UNIQUE (provider, event_id)
);

CREATE TABLE call (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	state VARCHAR(20) NOT NULL,
	asked_by VARCHAR(10) NOT NULL,
	asked_at DATETIME NOT NULL,
	ring_until DATETIME NOT NULL,
	answered_at DATETIME,
	ended_at DATETIME,
	ended_by VARCHAR(10) NOT NULL,
	connected_seconds INTEGER NOT NULL,
	running_since DATETIME,
	heard_until DATETIME,
	last_seq INTEGER NOT NULL,
	may_record BOOLEAN NOT NULL,
	CONSTRAINT pk_call PRIMARY KEY (id),
	CONSTRAINT ck_call_state_known CHECK (state IN ('ringing', 'talking', 'declined', 'withdrawn', 'missed', 'ended')),
	CONSTRAINT fk_call_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TABLE call_appointment (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	state VARCHAR(20) NOT NULL,
	proposed_by VARCHAR(10) NOT NULL,
	proposed_at DATETIME NOT NULL,
	starts_at DATETIME NOT NULL,
	answered_at DATETIME,
	over_at DATETIME,
	call_id CHAR(32),
	CONSTRAINT pk_call_appointment PRIMARY KEY (id),
	CONSTRAINT ck_call_appointment_state_known CHECK (state IN ('proposed', 'booked', 'declined', 'cancelled', 'lapsed', 'fulfilled', 'noshow')),
	CONSTRAINT fk_call_appointment_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TABLE call_guest (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	role VARCHAR(20) NOT NULL,
	state VARCHAR(20) NOT NULL,
	invited_by CHAR(32) NOT NULL,
	invited_side VARCHAR(10) NOT NULL,
	link_hash VARCHAR(64) NOT NULL,
	code_hash VARCHAR(64) NOT NULL,
	misses INTEGER NOT NULL,
	offered_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	name VARCHAR(60) NOT NULL,
	practitioner_id CHAR(32),
	staff_session CHAR(32),
	token_hash VARCHAR(64),
	token_until DATETIME,
	knocked_at DATETIME,
	admitted_at DATETIME,
	over_at DATETIME,
	CONSTRAINT pk_call_guest PRIMARY KEY (id),
	CONSTRAINT ck_call_guest_state_known CHECK (state IN ('offered', 'knocking', 'admitted', 'refused', 'sent_away', 'left', 'withdrawn', 'expired')),
	CONSTRAINT fk_call_guest_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id),
	CONSTRAINT uq_call_guest_link_hash UNIQUE (link_hash),
	CONSTRAINT uq_call_guest_token_hash UNIQUE (token_hash)
);

CREATE TABLE charge_line (
	id CHAR(32) NOT NULL,
	payment_id CHAR(32) NOT NULL,
	payable_kind VARCHAR(10) NOT NULL,
	edition INTEGER NOT NULL,
	position INTEGER NOT NULL,
	kind VARCHAR(20) NOT NULL,
	fen BIGINT NOT NULL,
	beneficiary_kind VARCHAR(20) NOT NULL,
	beneficiary_id VARCHAR(60) NOT NULL,
	rule_version VARCHAR(40) NOT NULL,
	CONSTRAINT pk_charge_line PRIMARY KEY (id),
	CONSTRAINT fk_charge_line_allowed_beneficiary FOREIGN KEY(kind, beneficiary_kind) REFERENCES allowed_beneficiary (kind, beneficiary_kind),
	CONSTRAINT fk_charge_line_payment FOREIGN KEY(payment_id, payable_kind) REFERENCES payment (id, payable_kind),
	CONSTRAINT uq_charge_line_position UNIQUE (payment_id, edition, position),
	CONSTRAINT ck_charge_line_fen_positive CHECK (fen > 0),
	CONSTRAINT ck_charge_line_no_doctor_in_order CHECK (payable_kind <> 'order' OR beneficiary_kind <> 'doctor')
);

CREATE TRIGGER charge_line_no_update BEFORE UPDATE ON charge_line BEGIN SELECT RAISE(ABORT, 'charge_line is never changed by UPDATE'); END;

CREATE TRIGGER charge_line_no_delete BEFORE DELETE ON charge_line BEGIN SELECT RAISE(ABORT, 'charge_line is never changed by DELETE'); END;

CREATE TABLE finding_answer (
	id CHAR(32) NOT NULL,
	prescription_id CHAR(32) NOT NULL,
	finding_id VARCHAR(200) NOT NULL,
	finding_digest VARCHAR(64) NOT NULL,
	reason_code VARCHAR(40) NOT NULL,
	text VARCHAR(500) NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	data_version VARCHAR(80) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_finding_answer PRIMARY KEY (id),
	CONSTRAINT fk_finding_answer_prescription_id_prescription FOREIGN KEY(prescription_id) REFERENCES prescription (id)
);

CREATE TRIGGER finding_answer_kept_update BEFORE UPDATE ON finding_answer BEGIN SELECT RAISE(ABORT, 'finding_answer is never changed by UPDATE'); END;

CREATE TRIGGER finding_answer_kept_delete BEFORE DELETE ON finding_answer WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'finding_answer is never changed by DELETE'); END;

CREATE TABLE inbox_item (
	id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	text_zh VARCHAR(200) NOT NULL,
	text_en VARCHAR(200) NOT NULL,
	link VARCHAR(200) NOT NULL,
	at DATETIME NOT NULL,
	read_at DATETIME,
	CONSTRAINT pk_inbox_item PRIMARY KEY (id),
	CONSTRAINT fk_inbox_item_account_id_account FOREIGN KEY(account_id) REFERENCES account (id)
);

CREATE TABLE ledger_txn (
	id CHAR(32) NOT NULL,
	kind VARCHAR(30) NOT NULL,
	ref VARCHAR(60) NOT NULL,
	payment_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_ledger_txn PRIMARY KEY (id),
	CONSTRAINT uq_ledger_txn_kind_ref UNIQUE (kind, ref),
	CONSTRAINT fk_ledger_txn_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id)
);

CREATE TRIGGER ledger_txn_no_update BEFORE UPDATE ON ledger_txn BEGIN SELECT RAISE(ABORT, 'ledger_txn is never changed by UPDATE'); END;

CREATE TRIGGER ledger_txn_no_delete BEFORE DELETE ON ledger_txn BEGIN SELECT RAISE(ABORT, 'ledger_txn is never changed by DELETE'); END;

CREATE TABLE medicine_order (
	id CHAR(32) NOT NULL,
	number VARCHAR(20) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	prescription_id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	state VARCHAR(20) NOT NULL,
	channel VARCHAR(20) NOT NULL,
	chosen_pharmacy_id CHAR(32) NOT NULL,
	pharmacy_id CHAR(32),
	district VARCHAR(40) NOT NULL,
	latitude FLOAT,
	longitude FLOAT,
	address_sealed VARCHAR(1000) NOT NULL,
	contact_sealed VARCHAR(400) NOT NULL,
	code_sealed VARCHAR(200) NOT NULL,
	code_tries INTEGER NOT NULL,
	held_fen INTEGER NOT NULL,
	drugs_fen INTEGER NOT NULL,
	delivery_fen INTEGER NOT NULL,
	placed_at DATETIME NOT NULL,
	arrives_from DATETIME NOT NULL,
	arrives_to DATETIME NOT NULL,
	ended_at DATETIME,
	CONSTRAINT pk_medicine_order PRIMARY KEY (id),
	CONSTRAINT ck_medicine_order_state_known CHECK (state IN ('placed', 'offered', 'accepted', 'quarantined', 'returned', 'unfilled', 'packed', 'shipped', 'delivered', 'cancelled')),
	CONSTRAINT uq_medicine_order_number UNIQUE (number),
	CONSTRAINT fk_medicine_order_prescription_id_prescription FOREIGN KEY(prescription_id) REFERENCES prescription (id)
);

CREATE TABLE message (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	seq INTEGER NOT NULL,
	sender VARCHAR(10) NOT NULL,
	account_id CHAR(32),
	client_id CHAR(32) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	text VARCHAR(4000) NOT NULL,
	document_id CHAR(32),
	card JSON,
	at DATETIME NOT NULL,
	CONSTRAINT pk_message PRIMARY KEY (id),
	CONSTRAINT uq_message_visit_id_seq UNIQUE (visit_id, seq),
	CONSTRAINT uq_message_client UNIQUE (visit_id, sender, client_id),
	CONSTRAINT fk_message_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TRIGGER message_kept_update BEFORE UPDATE ON message BEGIN SELECT RAISE(ABORT, 'message is never changed by UPDATE'); END;

CREATE TRIGGER message_kept_delete BEFORE DELETE ON message WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'message is never changed by DELETE'); END;

CREATE TABLE message_draft (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	text VARCHAR(4000) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_message_draft PRIMARY KEY (id),
	CONSTRAINT uq_message_draft_visit_id_account_id UNIQUE (visit_id, account_id),
	CONSTRAINT fk_message_draft_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TABLE patient (
	id CHAR(32) NOT NULL,
	name VARCHAR(60) NOT NULL,
	birth_date DATE NOT NULL,
	sex VARCHAR(6) NOT NULL,
	id_number_sealed VARCHAR(200),
	id_number_index VARCHAR(64),
	realname_verified_at DATETIME,
	realname_check_id CHAR(32),
	created_at DATETIME NOT NULL,
	CONSTRAINT pk_patient PRIMARY KEY (id),
	CONSTRAINT ck_patient_sex_known CHECK (sex IN ('female', 'male')),
	CONSTRAINT uq_patient_id_number_index UNIQUE (id_number_index),
	CONSTRAINT fk_patient_realname_check_id_realname_check FOREIGN KEY(realname_check_id) REFERENCES realname_check (id)
);

CREATE TABLE payment_refund (
	id CHAR(32) NOT NULL,
	payment_id CHAR(32) NOT NULL,
	fen BIGINT NOT NULL,
	reason VARCHAR(80) NOT NULL,
	once VARCHAR(80),
	state VARCHAR(20) NOT NULL,
	provider_ref VARCHAR(120),
	problem VARCHAR(80),
	created_at DATETIME NOT NULL,
	settled_at DATETIME,
	CONSTRAINT pk_payment_refund PRIMARY KEY (id),
	CONSTRAINT uq_payment_refund_once UNIQUE (payment_id, once),
	CONSTRAINT ck_payment_refund_fen_positive CHECK (fen > 0),
	CONSTRAINT ck_payment_refund_state_known CHECK (state IN ('pending', 'succeeded', 'failed', 'bounced')),
	CONSTRAINT fk_payment_refund_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id)
);

CREATE TRIGGER payment_refund_no_delete BEFORE DELETE ON payment_refund BEGIN SELECT RAISE(ABORT, 'payment_refund is never changed by DELETE'); END;

CREATE TRIGGER payment_refund_within_insert AFTER INSERT ON payment_refund WHEN NEW.state IN ('pending', 'succeeded') AND (SELECT COALESCE(SUM(fen), 0) FROM payment_refund WHERE payment_id = NEW.payment_id AND state IN ('pending', 'succeeded')) > (SELECT captured_fen FROM payment WHERE id = NEW.payment_id) BEGIN SELECT RAISE(ABORT, 'refunds exceed what was captured'); END;

CREATE TRIGGER payment_refund_within_update AFTER UPDATE ON payment_refund WHEN NEW.state IN ('pending', 'succeeded') AND (SELECT COALESCE(SUM(fen), 0) FROM payment_refund WHERE payment_id = NEW.payment_id AND state IN ('pending', 'succeeded')) > (SELECT captured_fen FROM payment WHERE id = NEW.payment_id) BEGIN SELECT RAISE(ABORT, 'refunds exceed what was captured'); END;

CREATE TABLE pharmacy_profile (
	id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	opens VARCHAR(5) NOT NULL,
	closes VARCHAR(5) NOT NULL,
	cold_chain BOOLEAN NOT NULL,
	delivers BOOLEAN NOT NULL,
	delivery_channel VARCHAR(20) NOT NULL,
	delivery_fee_fen INTEGER NOT NULL,
	radius_km FLOAT NOT NULL,
	prep_minutes INTEGER NOT NULL,
	phone VARCHAR(30) NOT NULL,
	active BOOLEAN NOT NULL,
	CONSTRAINT pk_pharmacy_profile PRIMARY KEY (id),
	CONSTRAINT uq_pharmacy_profile_organization_id UNIQUE (organization_id),
	CONSTRAINT fk_pharmacy_profile_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id)
);

CREATE TABLE policy_replay (
	id CHAR(32) NOT NULL,
	version_id CHAR(32) NOT NULL,
	state VARCHAR(20) NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	base JSON NOT NULL,
	assumed_from DATE NOT NULL,
	asked_by CHAR(32) NOT NULL,
	begun_at DATETIME NOT NULL,
	ended_at DATETIME,
	total INTEGER NOT NULL,
	done INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	unreadable INTEGER NOT NULL,
	cursor CHAR(32),
	cases_total INTEGER NOT NULL,
	cases JSON NOT NULL,
	CONSTRAINT pk_policy_replay PRIMARY KEY (id),
	CONSTRAINT ck_policy_replay_state_known CHECK (state IN ('running', 'finished', 'cancelled')),
	CONSTRAINT fk_policy_replay_version_id_policy_version FOREIGN KEY(version_id) REFERENCES policy_version (id)
);

CREATE TABLE practitioner (
	id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	role VARCHAR(20) NOT NULL,
	name_zh VARCHAR(60) NOT NULL,
	name_en VARCHAR(60) NOT NULL,
	title_zh VARCHAR(60) NOT NULL,
	title_en VARCHAR(60) NOT NULL,
	department VARCHAR(40),
	specialties JSON NOT NULL,
	fee_fen INTEGER NOT NULL,
	on_duty_since DATETIME,
	public_key VARCHAR(300),
	signing_key_id CHAR(32),
	pharmacist_title_ok BOOLEAN,
	dispensing_since DATE,
	CONSTRAINT pk_practitioner PRIMARY KEY (id),
	CONSTRAINT ck_practitioner_role_known CHECK (role IN ('doctor', 'pharmacist')),
	CONSTRAINT uq_practitioner_account_id UNIQUE (account_id),
	CONSTRAINT fk_practitioner_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
	CONSTRAINT fk_practitioner_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id)
);

CREATE TABLE prescription_item (
	id CHAR(32) NOT NULL,
	prescription_id CHAR(32) NOT NULL,
	line INTEGER NOT NULL,
	drug_id VARCHAR(80) NOT NULL,
	product_code VARCHAR(40) NOT NULL,
	name_zh VARCHAR(200) NOT NULL,
	name_en VARCHAR(200) NOT NULL,
	strength VARCHAR(80) NOT NULL,
	days INTEGER NOT NULL,
	quantity INTEGER NOT NULL,
	left_quantity INTEGER NOT NULL,
	wording_zh VARCHAR(500) NOT NULL,
	wording_en VARCHAR(500) NOT NULL,
	ordered JSON NOT NULL,
	CONSTRAINT pk_prescription_item PRIMARY KEY (id),
	CONSTRAINT uq_prescription_item_prescription_id_line UNIQUE (prescription_id, line),
	CONSTRAINT ck_prescription_item_left CHECK (left_quantity >= 0),
	CONSTRAINT ck_prescription_item_left_at_most_all CHECK (left_quantity <= quantity),
	CONSTRAINT fk_prescription_item_prescription_id_prescription FOREIGN KEY(prescription_id) REFERENCES prescription (id)
);

CREATE TABLE recording_answer (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	side VARCHAR(10) NOT NULL,
	agreed BOOLEAN NOT NULL,
	version VARCHAR(20) NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_recording_answer PRIMARY KEY (id),
	CONSTRAINT uq_recording_answer_visit_id_account_id UNIQUE (visit_id, account_id),
	CONSTRAINT fk_recording_answer_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TABLE redemption (
	id CHAR(32) NOT NULL,
	prescription_id CHAR(32) NOT NULL,
	fill_no INTEGER NOT NULL,
	dispense_id CHAR(32) NOT NULL,
	pharmacy_id CHAR(32),
	outside_name VARCHAR(60) NOT NULL,
	browser VARCHAR(64) NOT NULL,
	denied_at DATETIME,
	quantities JSON NOT NULL,
	at DATETIME NOT NULL,
	handed_out_at DATETIME,
	reversed_at DATETIME,
	reversed_reason VARCHAR(200) NOT NULL,
	CONSTRAINT pk_redemption PRIMARY KEY (id),
	CONSTRAINT uq_redemption_prescription_id_fill_no UNIQUE (prescription_id, fill_no),
	CONSTRAINT ck_redemption_ours_or_named CHECK ((pharmacy_id IS NULL) <> (outside_name = '')),
	CONSTRAINT fk_redemption_prescription_id_prescription FOREIGN KEY(prescription_id) REFERENCES prescription (id),
	CONSTRAINT uq_redemption_dispense_id UNIQUE (dispense_id)
);

CREATE TABLE referral (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	to_place VARCHAR(200) NOT NULL,
	urgency VARCHAR(20) NOT NULL,
	reason VARCHAR(4000) NOT NULL,
	CONSTRAINT pk_referral PRIMARY KEY (id),
	CONSTRAINT uq_referral_visit_id UNIQUE (visit_id),
	CONSTRAINT fk_referral_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TRIGGER referral_kept_update BEFORE UPDATE ON referral BEGIN SELECT RAISE(ABORT, 'referral is never changed by UPDATE'); END;

CREATE TRIGGER referral_kept_delete BEFORE DELETE ON referral WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'referral is never changed by DELETE'); END;

CREATE TABLE retention_item (
	id CHAR(32) NOT NULL,
	report_id CHAR(32) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	subject_id CHAR(32) NOT NULL,
	patient_id CHAR(32),
	started_at DATETIME,
	"before" DATETIME NOT NULL,
	rows INTEGER NOT NULL,
	state VARCHAR(20) NOT NULL,
	ended_at DATETIME,
	why VARCHAR(40) NOT NULL,
	CONSTRAINT pk_retention_item PRIMARY KEY (id),
	CONSTRAINT ck_retention_item_state_known CHECK (state IN ('named', 'erasing', 'erased', 'spared')),
	CONSTRAINT uq_retention_item_report_id_kind_subject_id UNIQUE (report_id, kind, subject_id),
	CONSTRAINT fk_retention_item_report_id_retention_report FOREIGN KEY(report_id) REFERENCES retention_report (id)
);

CREATE TABLE review (
	id CHAR(32) NOT NULL,
	prescription_id CHAR(32) NOT NULL,
	pharmacist_id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	decision VARCHAR(10) NOT NULL,
	reason_code VARCHAR(40) NOT NULL,
	text VARCHAR(1000) NOT NULL,
	lines JSON NOT NULL,
	findings JSON NOT NULL,
	confirmed JSON NOT NULL,
	digest VARCHAR(64) NOT NULL,
	decision_id CHAR(32),
	at DATETIME NOT NULL,
	CONSTRAINT pk_review PRIMARY KEY (id),
	CONSTRAINT fk_review_prescription_id_prescription FOREIGN KEY(prescription_id) REFERENCES prescription (id)
);

CREATE TRIGGER review_kept_update BEFORE UPDATE ON review BEGIN SELECT RAISE(ABORT, 'review is never changed by UPDATE'); END;

CREATE TRIGGER review_kept_delete BEFORE DELETE ON review WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'review is never changed by DELETE'); END;

CREATE TABLE review_hold (
	id CHAR(32) NOT NULL,
	prescription_id CHAR(32) NOT NULL,
	pharmacist_id CHAR(32) NOT NULL,
	until DATETIME NOT NULL,
	CONSTRAINT pk_review_hold PRIMARY KEY (id),
	CONSTRAINT uq_review_hold_prescription_id UNIQUE (prescription_id),
	CONSTRAINT fk_review_hold_prescription_id_prescription FOREIGN KEY(prescription_id) REFERENCES prescription (id)
);

CREATE TABLE staff_role (
	id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	role VARCHAR(20) NOT NULL,
	CONSTRAINT pk_staff_role PRIMARY KEY (id),
	CONSTRAINT uq_staff_role_account_id_organization_id_role UNIQUE (account_id, organization_id, role),
	CONSTRAINT ck_staff_role_role_known CHECK (role IN ('doctor', 'pharmacist', 'pharmacy', 'compliance', 'admin', 'operator')),
	CONSTRAINT fk_staff_role_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
	CONSTRAINT fk_staff_role_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id)
);

CREATE TABLE stock (
	id CHAR(32) NOT NULL,
	pharmacy_id CHAR(32) NOT NULL,
	product_code VARCHAR(60) NOT NULL,
	on_hand INTEGER NOT NULL,
	price_fen INTEGER NOT NULL,
	CONSTRAINT pk_stock PRIMARY KEY (id),
	CONSTRAINT uq_stock_pharmacy_id_product_code UNIQUE (pharmacy_id, product_code),
	CONSTRAINT ck_stock_on_hand CHECK (on_hand >= 0),
	CONSTRAINT ck_stock_price CHECK (price_fen > 0),
	CONSTRAINT fk_stock_pharmacy_id_organization FOREIGN KEY(pharmacy_id) REFERENCES organization (id)
);

CREATE TABLE till_operation (
	"key" VARCHAR(120) NOT NULL,
	endpoint VARCHAR(20) NOT NULL,
	ref VARCHAR(64) NOT NULL,
	fen BIGINT NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_till_operation PRIMARY KEY ("key"),
	CONSTRAINT fk_till_operation_ref_till_intent FOREIGN KEY(ref) REFERENCES till_intent (ref)
);

CREATE TABLE visit_diagnosis (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	condition_id CHAR(32) NOT NULL,
	code VARCHAR(10) NOT NULL,
	label_zh VARCHAR(200) NOT NULL,
	label_en VARCHAR(200) NOT NULL,
	decision_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_visit_diagnosis PRIMARY KEY (id),
	CONSTRAINT uq_visit_diagnosis_visit_id_code UNIQUE (visit_id, code),
	CONSTRAINT fk_visit_diagnosis_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TABLE visit_judgement (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	is_follow_up BOOLEAN,
	same_condition BOOLEAN,
	condition_changed BOOLEAN,
	guardian_present BOOLEAN,
	is_emergency BOOLEAN NOT NULL,
	covid_symptoms BOOLEAN,
	covid_home_care_eligible BOOLEAN,
	evidence_id CHAR(32),
	CONSTRAINT pk_visit_judgement PRIMARY KEY (id),
	CONSTRAINT fk_visit_judgement_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TRIGGER visit_judgement_kept_update BEFORE UPDATE ON visit_judgement BEGIN SELECT RAISE(ABORT, 'visit_judgement is never changed by UPDATE'); END;

CREATE TRIGGER visit_judgement_kept_delete BEFORE DELETE ON visit_judgement WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'visit_judgement is never changed by DELETE'); END;

CREATE TABLE visit_note (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	version INTEGER NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	history VARCHAR(4000) NOT NULL,
	assessment VARCHAR(4000) NOT NULL,
	advice VARCHAR(4000) NOT NULL,
	red_flags VARCHAR(2000) NOT NULL,
	next_step VARCHAR(2000) NOT NULL,
	next_visit_on DATE,
	CONSTRAINT pk_visit_note PRIMARY KEY (id),
	CONSTRAINT uq_visit_note_visit_id_version UNIQUE (visit_id, version),
	CONSTRAINT fk_visit_note_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id)
);

CREATE TRIGGER visit_note_kept_update BEFORE UPDATE ON visit_note BEGIN SELECT RAISE(ABORT, 'visit_note is never changed by UPDATE'); END;

CREATE TRIGGER visit_note_kept_delete BEFORE DELETE ON visit_note WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'visit_note is never changed by DELETE'); END;

CREATE TABLE access_task (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	holder_id CHAR(32) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	subject_id CHAR(32) NOT NULL,
	opened_at DATETIME NOT NULL,
	closed_at DATETIME,
	CONSTRAINT pk_access_task PRIMARY KEY (id),
	CONSTRAINT uq_access_task_kind_subject_id_holder_id UNIQUE (kind, subject_id, holder_id),
	CONSTRAINT fk_access_task_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE allergy (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	code VARCHAR(60),
	text VARCHAR(200) NOT NULL,
	reaction VARCHAR(200),
	since VARCHAR(40),
	status VARCHAR(20) NOT NULL,
	recorded_at DATETIME NOT NULL,
	recorded_by CHAR(32),
	struck_at DATETIME,
	struck_by CHAR(32),
	struck_role VARCHAR(30),
	settled_at DATETIME,
	settled_by CHAR(32),
	settled_reason VARCHAR(300),
	CONSTRAINT pk_allergy PRIMARY KEY (id),
	CONSTRAINT ck_allergy_struck_when CHECK ((status = 'active') = (struck_at IS NULL)),
	CONSTRAINT ck_allergy_settled_after CHECK (settled_at IS NULL OR struck_at IS NOT NULL),
	CONSTRAINT fk_allergy_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE call_member (
	id CHAR(32) NOT NULL,
	call_id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	side VARCHAR(10) NOT NULL,
	state VARCHAR(20) NOT NULL,
	page CHAR(32),
	session_id CHAR(32),
	relay_name CHAR(32) NOT NULL,
	entered_at DATETIME,
	seen_at DATETIME,
	flows BOOLEAN NOT NULL,
	heard_at DATETIME,
	sound BOOLEAN NOT NULL,
	picture BOOLEAN NOT NULL,
	said INTEGER NOT NULL,
	said_since DATETIME,
	CONSTRAINT pk_call_member PRIMARY KEY (id),
	CONSTRAINT ck_call_member_state_known CHECK (state IN ('invited', 'here', 'away', 'gone')),
	CONSTRAINT uq_call_member_call_id_account_id UNIQUE (call_id, account_id),
	CONSTRAINT uq_call_member_call_id_page UNIQUE (call_id, page),
	CONSTRAINT fk_call_member_call_id_call FOREIGN KEY(call_id) REFERENCES call (id)
);

CREATE TABLE call_page (
	id CHAR(32) NOT NULL,
	call_id CHAR(32) NOT NULL,
	page CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	CONSTRAINT pk_call_page PRIMARY KEY (id),
	CONSTRAINT uq_call_page_call_id_page UNIQUE (call_id, page),
	CONSTRAINT fk_call_page_call_id_call FOREIGN KEY(call_id) REFERENCES call (id)
);

CREATE TABLE call_signal (
	id CHAR(32) NOT NULL,
	call_id CHAR(32) NOT NULL,
	seq INTEGER NOT NULL,
	sender_page CHAR(32) NOT NULL,
	page CHAR(32) NOT NULL,
	body JSON NOT NULL,
	CONSTRAINT pk_call_signal PRIMARY KEY (id),
	CONSTRAINT uq_call_signal_call_id_seq UNIQUE (call_id, seq),
	CONSTRAINT fk_call_signal_call_id_call FOREIGN KEY(call_id) REFERENCES call (id)
);

CREATE TABLE condition (
	id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	code VARCHAR(12) NOT NULL,
	family VARCHAR(3) NOT NULL,
	label_zh VARCHAR(200) NOT NULL,
	label_en VARCHAR(200) NOT NULL,
	status VARCHAR(20) NOT NULL,
	recorded_at DATETIME NOT NULL,
	CONSTRAINT pk_condition PRIMARY KEY (id),
	CONSTRAINT uq_condition_visit_id_code UNIQUE (visit_id, code),
	CONSTRAINT fk_condition_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE consent (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	form VARCHAR(40) NOT NULL,
	version VARCHAR(20) NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	language VARCHAR(5) NOT NULL,
	given_at DATETIME NOT NULL,
	given_by CHAR(32) NOT NULL,
	visit_id CHAR(32),
	withdrawn_at DATETIME,
	withdrawn_by CHAR(32),
	CONSTRAINT pk_consent PRIMARY KEY (id),
	CONSTRAINT fk_consent_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE custody_event (
	id CHAR(32) NOT NULL,
	order_id CHAR(32) NOT NULL,
	step VARCHAR(20) NOT NULL,
	at DATETIME NOT NULL,
	organization_id CHAR(32),
	account_id CHAR(32),
	facts JSON NOT NULL,
	CONSTRAINT pk_custody_event PRIMARY KEY (id),
	CONSTRAINT fk_custody_event_order_id_medicine_order FOREIGN KEY(order_id) REFERENCES medicine_order (id)
);

CREATE TRIGGER custody_event_kept_update BEFORE UPDATE ON custody_event BEGIN SELECT RAISE(ABORT, 'custody_event is never changed by UPDATE'); END;

CREATE TRIGGER custody_event_kept_delete BEFORE DELETE ON custody_event WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'custody_event is never changed by DELETE'); END;

CREATE TABLE document (
	id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	title VARCHAR(200) NOT NULL,
	source VARCHAR(20) NOT NULL,
	pages INTEGER NOT NULL,
	kept_at DATETIME NOT NULL,
	kept_by CHAR(32),
	CONSTRAINT pk_document PRIMARY KEY (id),
	CONSTRAINT fk_document_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE guardian_invitation (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	invited_by CHAR(32) NOT NULL,
	code_hash VARCHAR(64) NOT NULL,
	own BOOLEAN DEFAULT false NOT NULL,
	expires_at DATETIME NOT NULL,
	used_at DATETIME,
	CONSTRAINT pk_guardian_invitation PRIMARY KEY (id),
	CONSTRAINT fk_guardian_invitation_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id),
	CONSTRAINT fk_guardian_invitation_invited_by_account FOREIGN KEY(invited_by) REFERENCES account (id),
	CONSTRAINT uq_guardian_invitation_code_hash UNIQUE (code_hash)
);

CREATE TABLE guardianship (
	id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	relation VARCHAR(10) NOT NULL,
	since DATETIME NOT NULL,
	ended_at DATETIME,
	CONSTRAINT pk_guardianship PRIMARY KEY (id),
	CONSTRAINT ck_guardianship_relation_known CHECK (relation IN ('self', 'child', 'parent', 'spouse', 'other')),
	CONSTRAINT fk_guardianship_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
	CONSTRAINT fk_guardianship_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE hand_over (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	recipient_id CHAR(32) NOT NULL,
	subject_kind VARCHAR(40) NOT NULL,
	subject_id CHAR(32) NOT NULL,
	fields JSON NOT NULL,
	purpose VARCHAR(40) NOT NULL,
	basis VARCHAR(40) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_hand_over PRIMARY KEY (id),
	CONSTRAINT uq_hand_over_subject_kind_subject_id_recipient_id_purpose UNIQUE (subject_kind, subject_id, recipient_id, purpose),
	CONSTRAINT fk_hand_over_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TRIGGER hand_over_kept_update BEFORE UPDATE ON hand_over BEGIN SELECT RAISE(ABORT, 'hand_over is never changed by UPDATE'); END;

CREATE TRIGGER hand_over_kept_delete BEFORE DELETE ON hand_over WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'hand_over is never changed by DELETE'); END;

CREATE TABLE history (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	allergies_asked_at DATETIME,
	allergies_none BOOLEAN,
	medicines_asked_at DATETIME,
	medicines_none BOOLEAN,
	pregnancy VARCHAR(20),
	pregnancy_asked_at DATETIME,
	weight_g INTEGER,
	weighed_on DATE,
	egfr FLOAT,
	egfr_on DATE,
	egfr_source VARCHAR(100),
	confirmed_at DATETIME,
	confirmed_by CHAR(32),
	confirmed_visit_id CHAR(32),
	CONSTRAINT pk_history PRIMARY KEY (id),
	CONSTRAINT ck_history_pregnancy_known CHECK (pregnancy IS NULL OR pregnancy IN ('no', 'pregnant', 'breastfeeding', 'breastfeeding_only', 'unknown')),
	CONSTRAINT ck_history_weight_has_a_day CHECK (weight_g IS NULL OR weighed_on IS NOT NULL),
	CONSTRAINT uq_history_patient_id UNIQUE (patient_id),
	CONSTRAINT fk_history_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE history_change (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	by_role VARCHAR(30) NOT NULL,
	by_account CHAR(32),
	what VARCHAR(30) NOT NULL,
	"before" JSON,
	"after" JSON,
	CONSTRAINT pk_history_change PRIMARY KEY (id),
	CONSTRAINT fk_history_change_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TRIGGER history_change_kept_update BEFORE UPDATE ON history_change BEGIN SELECT RAISE(ABORT, 'history_change is never changed by UPDATE'); END;

CREATE TRIGGER history_change_kept_delete BEFORE DELETE ON history_change WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'history_change is never changed by DELETE'); END;

CREATE TABLE ledger_entry (
	id CHAR(32) NOT NULL,
	txn_id CHAR(32) NOT NULL,
	account VARCHAR(120) NOT NULL,
	fen BIGINT NOT NULL,
	currency VARCHAR(3) NOT NULL,
	CONSTRAINT pk_ledger_entry PRIMARY KEY (id),
	CONSTRAINT ck_ledger_entry_fen_not_zero CHECK (fen <> 0),
	CONSTRAINT fk_ledger_entry_txn_id_ledger_txn FOREIGN KEY(txn_id) REFERENCES ledger_txn (id)
);

CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is never changed by UPDATE'); END;

CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is never changed by DELETE'); END;

CREATE TRIGGER ledger_entry_whole BEFORE INSERT ON ledger_entry WHEN typeof(NEW.fen) <> 'integer' BEGIN SELECT RAISE(ABORT, 'ledger_entry.fen is a whole number'); END;

CREATE TABLE licence_file (
	id CHAR(32) NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	state VARCHAR(20) NOT NULL,
	registration_no VARCHAR(60) NOT NULL,
	licence_class VARCHAR(20) NOT NULL,
	independent_since DATE NOT NULL,
	specialties JSON NOT NULL,
	places JSON NOT NULL,
	institution_consent_until DATE,
	filed_until DATE,
	expires DATE NOT NULL,
	submitted_at DATETIME NOT NULL,
	decided_at DATETIME,
	decided_by CHAR(32),
	reason VARCHAR(300) NOT NULL,
	CONSTRAINT pk_licence_file PRIMARY KEY (id),
	CONSTRAINT ck_licence_file_state_known CHECK (state IN ('submitted', 'verified', 'suspended', 'expired')),
	CONSTRAINT uq_licence_file_practitioner_id UNIQUE (practitioner_id),
	CONSTRAINT fk_licence_file_practitioner_id_practitioner FOREIGN KEY(practitioner_id) REFERENCES practitioner (id)
);

CREATE TABLE medicine (
	id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	drug_id VARCHAR(80),
	text VARCHAR(200) NOT NULL,
	dose_text VARCHAR(200),
	since DATE,
	until DATE,
	self_reported BOOLEAN NOT NULL,
	prescription_id CHAR(32),
	said VARCHAR(10),
	said_at DATETIME,
	status VARCHAR(20) NOT NULL,
	recorded_at DATETIME NOT NULL,
	recorded_by CHAR(32),
	CONSTRAINT pk_medicine PRIMARY KEY (id),
	CONSTRAINT uq_medicine_prescription_id_drug_id UNIQUE (prescription_id, drug_id),
	CONSTRAINT ck_medicine_said_known CHECK (said IS NULL OR said IN ('taking', 'stopped', 'unknown')),
	CONSTRAINT fk_medicine_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE offer (
	id CHAR(32) NOT NULL,
	order_id CHAR(32) NOT NULL,
	pharmacy_id CHAR(32) NOT NULL,
	rank INTEGER NOT NULL,
	state VARCHAR(20) NOT NULL,
	fen INTEGER NOT NULL,
	made_at DATETIME NOT NULL,
	deadline DATETIME NOT NULL,
	answered_at DATETIME,
	reason VARCHAR(200) NOT NULL,
	CONSTRAINT pk_offer PRIMARY KEY (id),
	CONSTRAINT ck_offer_state_known CHECK (state IN ('offered', 'accepted', 'declined', 'lapsed', 'withdrawn', 'given_back')),
	CONSTRAINT uq_offer_order_id_pharmacy_id UNIQUE (order_id, pharmacy_id),
	CONSTRAINT fk_offer_order_id_medicine_order FOREIGN KEY(order_id) REFERENCES medicine_order (id),
	CONSTRAINT fk_offer_pharmacy_id_organization FOREIGN KEY(pharmacy_id) REFERENCES organization (id)
);

CREATE TABLE order_line (
	id CHAR(32) NOT NULL,
	order_id CHAR(32) NOT NULL,
	item_id CHAR(32) NOT NULL,
	drug_id VARCHAR(80) NOT NULL,
	product_code VARCHAR(60) NOT NULL,
	name_zh VARCHAR(200) NOT NULL,
	name_en VARCHAR(200) NOT NULL,
	packs INTEGER NOT NULL,
	fen INTEGER NOT NULL,
	CONSTRAINT pk_order_line PRIMARY KEY (id),
	CONSTRAINT uq_order_line_order_id_item_id UNIQUE (order_id, item_id),
	CONSTRAINT fk_order_line_order_id_medicine_order FOREIGN KEY(order_id) REFERENCES medicine_order (id),
	CONSTRAINT fk_order_line_item_id_prescription_item FOREIGN KEY(item_id) REFERENCES prescription_item (id)
);

CREATE TABLE policy_replay_change (
	id CHAR(32) NOT NULL,
	replay_id CHAR(32) NOT NULL,
	decision_id CHAR(32) NOT NULL,
	stage VARCHAR(40) NOT NULL,
	as_of DATE NOT NULL,
	"before" VARCHAR(30) NOT NULL,
	"after" VARCHAR(30) NOT NULL,
	rules_before JSON NOT NULL,
	rules_after JSON NOT NULL,
	CONSTRAINT pk_policy_replay_change PRIMARY KEY (id),
	CONSTRAINT fk_policy_replay_change_replay_id_policy_replay FOREIGN KEY(replay_id) REFERENCES policy_replay (id)
);

CREATE TRIGGER policy_replay_change_kept_update BEFORE UPDATE ON policy_replay_change BEGIN SELECT RAISE(ABORT, 'policy_replay_change is never changed by UPDATE'); END;

CREATE TRIGGER policy_replay_change_kept_delete BEFORE DELETE ON policy_replay_change BEGIN SELECT RAISE(ABORT, 'policy_replay_change is never changed by DELETE'); END;

CREATE TABLE record_entry (
	id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	at DATETIME NOT NULL,
	recorded_at DATETIME NOT NULL,
	title_zh VARCHAR(300) NOT NULL,
	title_en VARCHAR(300) NOT NULL,
	summary_zh VARCHAR,
	summary_en VARCHAR,
	source_kind VARCHAR(40) NOT NULL,
	source_id CHAR(32) NOT NULL,
	visit_id CHAR(32),
	CONSTRAINT pk_record_entry PRIMARY KEY (id),
	CONSTRAINT uq_record_entry_source_kind_source_id_kind UNIQUE (source_kind, source_id, kind),
	CONSTRAINT fk_record_entry_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE recording_leg (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	call_id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	side VARCHAR(10) NOT NULL,
	page CHAR(32) NOT NULL,
	process CHAR(32) NOT NULL,
	state VARCHAR(20) NOT NULL,
	begun_at DATETIME NOT NULL,
	over_at DATETIME,
	lost_packets INTEGER NOT NULL,
	CONSTRAINT pk_recording_leg PRIMARY KEY (id),
	CONSTRAINT ck_recording_leg_state_known CHECK (state IN ('opening', 'running', 'stalled', 'over', 'lost')),
	CONSTRAINT fk_recording_leg_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id),
	CONSTRAINT fk_recording_leg_call_id_call FOREIGN KEY(call_id) REFERENCES call (id)
);

CREATE TABLE session_token (
	id CHAR(32) NOT NULL,
	token_hash VARCHAR(64) NOT NULL,
	account_id CHAR(32) NOT NULL,
	role VARCHAR(20) NOT NULL,
	organization_id CHAR(32),
	practitioner_id CHAR(32),
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	ended_at DATETIME,
	identity_checked_at DATETIME,
	CONSTRAINT pk_session_token PRIMARY KEY (id),
	CONSTRAINT uq_session_token_token_hash UNIQUE (token_hash),
	CONSTRAINT fk_session_token_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
	CONSTRAINT fk_session_token_organization_id_organization FOREIGN KEY(organization_id) REFERENCES organization (id),
	CONSTRAINT fk_session_token_practitioner_id_practitioner FOREIGN KEY(practitioner_id) REFERENCES practitioner (id)
);

CREATE TABLE signing_key (
	id CHAR(32) NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	public_key VARCHAR(300) NOT NULL,
	private_key_sealed VARCHAR(1000) NOT NULL,
	created_at DATETIME NOT NULL,
	retired_at DATETIME,
	CONSTRAINT pk_signing_key PRIMARY KEY (id),
	CONSTRAINT fk_signing_key_practitioner_id_practitioner FOREIGN KEY(practitioner_id) REFERENCES practitioner (id)
);

CREATE TABLE treatment (
	id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	visit_id CHAR(32),
	ground VARCHAR(20) NOT NULL,
	reason VARCHAR(500),
	since DATETIME NOT NULL,
	until DATETIME,
	CONSTRAINT pk_treatment PRIMARY KEY (id),
	CONSTRAINT uq_treatment_visit_id_practitioner_id UNIQUE (visit_id, practitioner_id),
	CONSTRAINT ck_treatment_break_glass_has_reason_and_end CHECK (ground <> 'break_glass' OR (reason IS NOT NULL AND until IS NOT NULL)),
	CONSTRAINT fk_treatment_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id)
);

CREATE TABLE triage (
	id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	account_id CHAR(32) NOT NULL,
	complaint VARCHAR(40) NOT NULL,
	free_text VARCHAR(500) NOT NULL,
	language VARCHAR(2) NOT NULL,
	facts JSON NOT NULL,
	answers JSON NOT NULL,
	taken_back JSON NOT NULL,
	gate_answered_at DATETIME,
	state VARCHAR(20) NOT NULL,
	level VARCHAR(20),
	department VARCHAR(40),
	outcome BLOB,
	outcome_hash VARCHAR(64),
	ruleset_hash VARCHAR(64) NOT NULL,
	created_at DATETIME NOT NULL,
	finished_at DATETIME,
	call_back_due DATETIME,
	visit_id CHAR(32),
	history_confirmed_at DATETIME,
	CONSTRAINT pk_triage PRIMARY KEY (id),
	CONSTRAINT ck_triage_state_known CHECK (state IN ('open', 'finished', 'closed_emergency')),
	CONSTRAINT ck_triage_level_known CHECK (level IS NULL OR level IN ('emergency', 'urgent', 'soon', 'routine', 'self_care')),
	CONSTRAINT ck_triage_emergency_is_closed CHECK (level IS NULL OR (level = 'emergency') = (state = 'closed_emergency')),
	CONSTRAINT ck_triage_result_when_done CHECK ((state = 'open') = (level IS NULL)),
	CONSTRAINT fk_triage_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id),
	CONSTRAINT fk_triage_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
	CONSTRAINT uq_triage_visit_id UNIQUE (visit_id)
);

CREATE TABLE dispense (
	id CHAR(32) NOT NULL,
	order_id CHAR(32) NOT NULL,
	offer_id CHAR(32) NOT NULL,
	prescription_id CHAR(32) NOT NULL,
	pharmacy_id CHAR(32) NOT NULL,
	begun_at DATETIME NOT NULL,
	packed_at DATETIME,
	given_back_at DATETIME,
	cold_min_c FLOAT,
	cold_max_c FLOAT,
	cold_gap_minutes FLOAT,
	CONSTRAINT pk_dispense PRIMARY KEY (id),
	CONSTRAINT fk_dispense_order_id_medicine_order FOREIGN KEY(order_id) REFERENCES medicine_order (id),
	CONSTRAINT uq_dispense_offer_id UNIQUE (offer_id),
	CONSTRAINT fk_dispense_offer_id_offer FOREIGN KEY(offer_id) REFERENCES offer (id)
);

CREATE TABLE document_page (
	id CHAR(32) NOT NULL,
	document_id CHAR(32) NOT NULL,
	number INTEGER NOT NULL,
	name VARCHAR(120) NOT NULL,
	media_type VARCHAR(60) NOT NULL,
	object_key VARCHAR(64) NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	size INTEGER NOT NULL,
	view_key VARCHAR(64),
	view_media_type VARCHAR(60),
	width INTEGER,
	height INTEGER,
	CONSTRAINT pk_document_page PRIMARY KEY (id),
	CONSTRAINT uq_document_page_document_id_number UNIQUE (document_id, number),
	CONSTRAINT fk_document_page_document_id_document FOREIGN KEY(document_id) REFERENCES document (id)
);

CREATE TABLE evidence (
	id CHAR(32) NOT NULL,
	organization_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	document_id CHAR(32) NOT NULL,
	state VARCHAR(20) NOT NULL,
	origin VARCHAR(20) NOT NULL,
	institution_id CHAR(32),
	institution VARCHAR(120),
	diagnosis_code VARCHAR(12),
	family VARCHAR(3),
	diagnosed_on DATE,
	offered_at DATETIME NOT NULL,
	offered_by CHAR(32),
	offered_visit_id CHAR(32),
	decided_at DATETIME,
	decided_by CHAR(32),
	refusal_code VARCHAR(30),
	CONSTRAINT pk_evidence PRIMARY KEY (id),
	CONSTRAINT ck_evidence_state_known CHECK (state IN ('accepted', 'offered', 'refused')),
	CONSTRAINT uq_evidence_document_id UNIQUE (document_id),
	CONSTRAINT fk_evidence_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id),
	CONSTRAINT fk_evidence_document_id_document FOREIGN KEY(document_id) REFERENCES document (id)
);

CREATE TABLE recording_segment (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	call_id CHAR(32) NOT NULL,
	leg_id CHAR(32) NOT NULL,
	seq INTEGER NOT NULL,
	number INTEGER NOT NULL,
	side VARCHAR(10) NOT NULL,
	started_at DATETIME NOT NULL,
	ended_at DATETIME NOT NULL,
	kept_at DATETIME NOT NULL,
	has_picture BOOLEAN NOT NULL,
	video_packets INTEGER NOT NULL,
	audio_packets INTEGER NOT NULL,
	recovered BOOLEAN NOT NULL,
	object_key VARCHAR(64) NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	size INTEGER NOT NULL,
	previous VARCHAR(64) NOT NULL,
	link VARCHAR(64) NOT NULL,
	CONSTRAINT pk_recording_segment PRIMARY KEY (id),
	CONSTRAINT uq_recording_segment_visit_id_seq UNIQUE (visit_id, seq),
	CONSTRAINT uq_recording_segment_leg_id_number UNIQUE (leg_id, number),
	CONSTRAINT fk_recording_segment_visit_id_visit FOREIGN KEY(visit_id) REFERENCES visit (id),
	CONSTRAINT fk_recording_segment_leg_id_recording_leg FOREIGN KEY(leg_id) REFERENCES recording_leg (id)
);

CREATE TRIGGER recording_segment_kept_update BEFORE UPDATE ON recording_segment BEGIN SELECT RAISE(ABORT, 'recording_segment is never changed by UPDATE'); END;

CREATE TRIGGER recording_segment_kept_delete BEFORE DELETE ON recording_segment WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'recording_segment is never changed by DELETE'); END;

CREATE TABLE triage_answer (
	id CHAR(32) NOT NULL,
	triage_id CHAR(32) NOT NULL,
	number INTEGER NOT NULL,
	question VARCHAR(60) NOT NULL,
	value JSON NOT NULL,
	account_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_triage_answer PRIMARY KEY (id),
	CONSTRAINT uq_triage_answer_triage_id_number UNIQUE (triage_id, number),
	CONSTRAINT fk_triage_answer_triage_id_triage FOREIGN KEY(triage_id) REFERENCES triage (id)
);

CREATE TRIGGER triage_answer_kept_update BEFORE UPDATE ON triage_answer BEGIN SELECT RAISE(ABORT, 'triage_answer is never changed by UPDATE'); END;

CREATE TRIGGER triage_answer_kept_delete BEFORE DELETE ON triage_answer WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'triage_answer is never changed by DELETE'); END;

CREATE TABLE triage_result (
	id CHAR(32) NOT NULL,
	triage_id CHAR(32) NOT NULL,
	number INTEGER NOT NULL,
	level VARCHAR(20) NOT NULL,
	content BLOB NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_triage_result PRIMARY KEY (id),
	CONSTRAINT uq_triage_result_triage_id_number UNIQUE (triage_id, number),
	CONSTRAINT fk_triage_result_triage_id_triage FOREIGN KEY(triage_id) REFERENCES triage (id)
);

CREATE TRIGGER triage_result_kept_update BEFORE UPDATE ON triage_result BEGIN SELECT RAISE(ABORT, 'triage_result is never changed by UPDATE'); END;

CREATE TRIGGER triage_result_kept_delete BEFORE DELETE ON triage_result WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'triage_result is never changed by DELETE'); END;

CREATE TABLE evidence_decision (
	id CHAR(32) NOT NULL,
	evidence_id CHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	practitioner_id CHAR(32) NOT NULL,
	decision VARCHAR(20) NOT NULL,
	visit_id CHAR(32),
	institution VARCHAR(120),
	diagnosis_code VARCHAR(12),
	diagnosed_on DATE,
	reason VARCHAR(30),
	CONSTRAINT pk_evidence_decision PRIMARY KEY (id),
	CONSTRAINT fk_evidence_decision_evidence_id_evidence FOREIGN KEY(evidence_id) REFERENCES evidence (id)
);

CREATE TRIGGER evidence_decision_kept_update BEFORE UPDATE ON evidence_decision BEGIN SELECT RAISE(ABORT, 'evidence_decision is never changed by UPDATE'); END;

CREATE TRIGGER evidence_decision_kept_delete BEFORE DELETE ON evidence_decision WHEN NOT EXISTS (SELECT 1 FROM retention_item WHERE state = 'erasing') BEGIN SELECT RAISE(ABORT, 'evidence_decision is never changed by DELETE'); END;

CREATE TABLE pack (
	id CHAR(32) NOT NULL,
	dispense_id CHAR(32) NOT NULL,
	order_line_id CHAR(32) NOT NULL,
	code VARCHAR(30) NOT NULL,
	scanned_at DATETIME NOT NULL,
	scanned_by CHAR(32),
	discarded_at DATETIME,
	CONSTRAINT pk_pack PRIMARY KEY (id),
	CONSTRAINT fk_pack_dispense_id_dispense FOREIGN KEY(dispense_id) REFERENCES dispense (id),
	CONSTRAINT fk_pack_order_line_id_order_line FOREIGN KEY(order_line_id) REFERENCES order_line (id),
	CONSTRAINT uq_pack_code UNIQUE (code)
);

CREATE TABLE visit_evidence (
	id CHAR(32) NOT NULL,
	visit_id CHAR(32) NOT NULL,
	evidence_id CHAR(32) NOT NULL,
	patient_id CHAR(32) NOT NULL,
	document_id CHAR(32) NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	origin VARCHAR(20) NOT NULL,
	presented_at DATETIME NOT NULL,
	presented_by CHAR(32),
	confirmed_at DATETIME,
	practitioner_id CHAR(32),
	institution VARCHAR(120),
	diagnosis_code VARCHAR(12),
	family VARCHAR(3),
	diagnosed_on DATE,
	CONSTRAINT pk_visit_evidence PRIMARY KEY (id),
	CONSTRAINT uq_visit_evidence_visit_id_evidence_id UNIQUE (visit_id, evidence_id),
	CONSTRAINT ck_visit_evidence_confirmed_is_complete CHECK (confirmed_at IS NULL OR (practitioner_id IS NOT NULL AND institution IS NOT NULL AND diagnosis_code IS NOT NULL AND family IS NOT NULL AND diagnosed_on IS NOT NULL)),
	CONSTRAINT fk_visit_evidence_evidence_id_evidence FOREIGN KEY(evidence_id) REFERENCES evidence (id),
	CONSTRAINT fk_visit_evidence_patient_id_patient FOREIGN KEY(patient_id) REFERENCES patient (id),
	CONSTRAINT fk_visit_evidence_document_id_document FOREIGN KEY(document_id) REFERENCES document (id)
);

CREATE INDEX ix_access_task_patient_id_holder_id ON access_task (patient_id, holder_id);

CREATE INDEX ix_allergy_patient_id ON allergy (patient_id);

CREATE INDEX ix_audit_entry_patient_id_at ON audit_entry (patient_id, at);

CREATE INDEX ix_call_appointment_patient_id ON call_appointment (patient_id);

CREATE INDEX ix_call_appointment_visit_id ON call_appointment (visit_id);

CREATE INDEX ix_call_check_asked_at ON call_check (asked_at);

CREATE INDEX ix_call_guest_visit_id ON call_guest (visit_id);

CREATE INDEX ix_call_member_call_id ON call_member (call_id);

CREATE INDEX ix_call_organization_id ON call (organization_id);

CREATE INDEX ix_call_patient_id ON call (patient_id);

CREATE INDEX ix_call_settings_set_at ON call_settings (set_at);

CREATE INDEX ix_call_visit_id ON call (visit_id);

CREATE INDEX ix_condition_patient_id ON condition (patient_id);

CREATE INDEX ix_consent_patient_id_form ON consent (patient_id, form);

CREATE INDEX ix_consent_visit_id ON consent (visit_id);

CREATE INDEX ix_custody_event_order_id ON custody_event (order_id);

CREATE INDEX ix_dispense_order_id ON dispense (order_id);

CREATE INDEX ix_dispense_prescription_id ON dispense (prescription_id);

CREATE INDEX ix_document_page_sha256 ON document_page (sha256);

CREATE INDEX ix_document_patient_id ON document (patient_id);

CREATE INDEX ix_evidence_decision_evidence_id ON evidence_decision (evidence_id);

CREATE INDEX ix_evidence_patient_id ON evidence (patient_id);

CREATE INDEX ix_finding_answer_prescription_id ON finding_answer (prescription_id);

CREATE INDEX ix_guardian_invitation_patient_id ON guardian_invitation (patient_id);

CREATE INDEX ix_guardianship_patient_id ON guardianship (patient_id);

CREATE INDEX ix_hand_over_patient_id_at ON hand_over (patient_id, at);

CREATE INDEX ix_hand_over_recipient_id ON hand_over (recipient_id);

CREATE INDEX ix_history_change_patient_id ON history_change (patient_id);

CREATE INDEX ix_inbox_item_account_id_at ON inbox_item (account_id, at);

CREATE INDEX ix_inbox_item_unread ON inbox_item (account_id) WHERE read_at IS NULL;

CREATE INDEX ix_job_due ON job (due);

CREATE INDEX ix_ledger_entry_account ON ledger_entry (account);

CREATE INDEX ix_ledger_entry_txn_id ON ledger_entry (txn_id);

CREATE INDEX ix_ledger_txn_payment_id ON ledger_txn (payment_id);

CREATE INDEX ix_medicine_order_patient_id ON medicine_order (patient_id);

CREATE INDEX ix_medicine_order_pharmacy_id ON medicine_order (pharmacy_id);

CREATE INDEX ix_medicine_order_prescription_id ON medicine_order (prescription_id);

CREATE INDEX ix_medicine_patient_id ON medicine (patient_id);

CREATE INDEX ix_message_visit_id ON message (visit_id);

CREATE INDEX ix_offer_order_id ON offer (order_id);

CREATE INDEX ix_offer_pharmacy_id_state ON offer (pharmacy_id, state);

CREATE INDEX ix_order_line_order_id ON order_line (order_id);

CREATE INDEX ix_organization_kind ON organization (kind);

CREATE INDEX ix_pack_dispense_id ON pack (dispense_id);

CREATE INDEX ix_payment_debt_since ON payment (debt_since);

CREATE INDEX ix_payment_organization_id ON payment (organization_id);

CREATE INDEX ix_payment_patient_id ON payment (patient_id);

CREATE INDEX ix_payment_refund_payment_id ON payment_refund (payment_id);

CREATE INDEX ix_policy_decision_at ON policy_decision (at);

CREATE INDEX ix_policy_decision_house_version_id ON policy_decision (house_version_id);

CREATE INDEX ix_policy_decision_patient_id_at ON policy_decision (patient_id, at);

CREATE INDEX ix_policy_decision_prescription_id ON policy_decision (prescription_id);

CREATE INDEX ix_policy_decision_subject_id ON policy_decision (subject_id);

CREATE INDEX ix_policy_decision_visit_id ON policy_decision (visit_id);

CREATE INDEX ix_policy_replay_change_replay_id ON policy_replay_change (replay_id);

CREATE INDEX ix_policy_replay_version_id ON policy_replay (version_id);

CREATE INDEX ix_policy_version_state_effective_from ON policy_version (state, effective_from);

CREATE INDEX ix_practitioner_organization_id ON practitioner (organization_id);

CREATE INDEX ix_prescription_item_prescription_id ON prescription_item (prescription_id);

CREATE INDEX ix_prescription_patient_id ON prescription (patient_id);

CREATE INDEX ix_prescription_state_organization ON prescription (state, organization_id);

CREATE INDEX ix_prescription_visit_id ON prescription (visit_id);

CREATE INDEX ix_realname_check_patient_id ON realname_check (patient_id);

CREATE INDEX ix_record_entry_patient_id_at ON record_entry (patient_id, at, id);

CREATE INDEX ix_record_entry_visit_id ON record_entry (visit_id);

CREATE INDEX ix_recording_answer_visit_id ON recording_answer (visit_id);

CREATE INDEX ix_recording_leg_call_id ON recording_leg (call_id);

CREATE INDEX ix_recording_leg_process ON recording_leg (process);

CREATE INDEX ix_recording_leg_visit_id ON recording_leg (visit_id);

CREATE INDEX ix_recording_segment_leg_id ON recording_segment (leg_id);

CREATE INDEX ix_recording_segment_visit_id ON recording_segment (visit_id);

CREATE INDEX ix_redemption_denied_at ON redemption (denied_at) WHERE denied_at IS NOT NULL AND reversed_at IS NULL;

CREATE INDEX ix_redemption_prescription_id ON redemption (prescription_id);

CREATE INDEX ix_referral_patient_id ON referral (patient_id);

CREATE INDEX ix_retention_hold_open ON retention_hold (patient_id) WHERE released_at IS NULL;

CREATE INDEX ix_retention_item_state ON retention_item (state);

CREATE INDEX ix_retention_item_subject_id ON retention_item (subject_id);

CREATE INDEX ix_review_prescription_id ON review (prescription_id);

CREATE INDEX ix_session_token_account_id ON session_token (account_id);

CREATE INDEX ix_signing_key_practitioner_id ON signing_key (practitioner_id);

CREATE INDEX ix_sms_outbox_phone_index ON sms_outbox (phone_index);

CREATE INDEX ix_staff_role_organization_id ON staff_role (organization_id);

CREATE INDEX ix_stock_pharmacy_id ON stock (pharmacy_id);

CREATE INDEX ix_stock_product_code ON stock (product_code);

CREATE INDEX ix_till_operation_ref ON till_operation (ref);

CREATE INDEX ix_treatment_patient_id_practitioner_id ON treatment (patient_id, practitioner_id);

CREATE INDEX ix_triage_call_back_due ON triage (call_back_due);

CREATE INDEX ix_triage_patient_id_created_at ON triage (patient_id, created_at);

CREATE INDEX ix_visit_account_id ON visit (account_id);

CREATE INDEX ix_visit_diagnosis_visit_id ON visit_diagnosis (visit_id);

CREATE INDEX ix_visit_evidence_evidence_id ON visit_evidence (evidence_id);

CREATE INDEX ix_visit_evidence_patient_id ON visit_evidence (patient_id);

CREATE INDEX ix_visit_forecast_patient_id ON visit_forecast (patient_id);

CREATE INDEX ix_visit_forecast_triage_id ON visit_forecast (triage_id);

CREATE INDEX ix_visit_judgement_visit_id ON visit_judgement (visit_id);

CREATE INDEX ix_visit_note_visit_id ON visit_note (visit_id);

CREATE INDEX ix_visit_organization_id ON visit (organization_id);

CREATE INDEX ix_visit_patient_id ON visit (patient_id);

CREATE INDEX ix_visit_practitioner_id ON visit (practitioner_id);

CREATE INDEX ix_visit_state_department ON visit (state, department);

CREATE INDEX ix_webhook_event_pending ON webhook_event (received_at) WHERE applied_at IS NULL;

CREATE UNIQUE INDEX uq_guardianship_current ON guardianship (account_id, patient_id) WHERE ended_at IS NULL;

CREATE UNIQUE INDEX uq_guardianship_self_of_account ON guardianship (account_id) WHERE ended_at IS NULL AND relation = 'self';

CREATE UNIQUE INDEX uq_guardianship_self_of_patient ON guardianship (patient_id) WHERE ended_at IS NULL AND relation = 'self';

CREATE UNIQUE INDEX uq_order_open_prescription ON medicine_order (prescription_id) WHERE state NOT IN ('delivered', 'cancelled', 'unfilled');

CREATE UNIQUE INDEX uq_payment_live ON payment (payable_kind, payable_id) WHERE state IN ('created', 'authorised', 'captured', 'partly_refunded');

CREATE UNIQUE INDEX uq_payment_provider_ref ON payment (provider, provider_ref);

CREATE UNIQUE INDEX uq_payment_refund_provider_ref ON payment_refund (provider_ref);

CREATE UNIQUE INDEX ux_call_appointment_live ON call_appointment (visit_id) WHERE state IN ('proposed', 'booked');

CREATE UNIQUE INDEX ux_call_open ON call (visit_id) WHERE state IN ('ringing', 'talking');

CREATE UNIQUE INDEX ux_visit_triage_id ON visit (triage_id) WHERE state NOT IN ('refused', 'declined', 'expired', 'cancelled');

