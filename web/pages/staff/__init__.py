"""Pages of doctors, pharmacists, pharmacies and administrators, drawn for a desk."""
