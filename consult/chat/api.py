"""The door of the conversation for other rooms of this step."""
from consult.chat.commands import mark, post_card, post_system, save_draft, send_message
from consult.chat.models import Message
from consult.chat.queries import answered_by_card, draft_of, last_written, messages, receipt

__all__ = ["Message", "answered_by_card", "draft_of", "last_written", "mark", "messages", "post_card", "post_system",
           "receipt", "save_draft", "send_message"]
