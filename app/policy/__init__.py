"""What the law of the place allows: dated rules as data, judged with three-valued logic, always explained."""
