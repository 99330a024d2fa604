"""What can be wrong with a line that names a medicine or an amount."""
from app.kit.problems import Invalid, NotFound
from app.kit.text import Text


class UnknownDrug(NotFound):
    """The drug file has no medicine with this id."""

    slug = "unknown-drug"
    title = Text(zh="处方集里没有这种药", en="This medicine is not in the formulary")


class UnknownProduct(NotFound):
    """The medicine has no product with this code."""

    slug = "unknown-product"
    title = Text(zh="处方集里没有这个规格", en="This product is not in the formulary")


class DoseNotPossible(Invalid):
    """The dose cannot be measured with the product: wrong unit, or a part of a tablet that cannot be cut."""

    slug = "dose-not-possible"
    title = Text(zh="这个规格取不出这个剂量", en="This product cannot give this dose")
