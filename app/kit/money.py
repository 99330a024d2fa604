"""Money is an integer in the smallest unit of a currency (fen of CNY); it is formatted only at the edge."""
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

CURRENCY = "CNY"


def format_money(fen: int, language: str = "zh", currency: str = CURRENCY) -> str:
    """Write an amount for people: ¥123.45; JPY has no decimals. Units: fen in, text out."""
    amount = Decimal(fen).scaleb(-get_currency_precision(currency))
    text = format_currency(amount, currency, locale="zh_Hans_CN" if language == "zh" else "en")
    return text.replace("CN¥", "¥")
