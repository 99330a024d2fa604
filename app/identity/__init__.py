"""Who is there: accounts and sign-in, people and their guardians, organisations, staff and their licences."""
