"""How long things are kept: clocks, legal holds, and a deletion that is shown, confirmed and checked again."""
