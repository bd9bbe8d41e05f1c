"""The zones that the addresses of `tests.strategies.policies` lie in, by hand; the one that counts first."""

ZONES_OF = {
    ("US", "NY", "10001"): "metro east us",
    ("US", "NY", "11203-1234"): "metro east us",
    ("US", "NY", "11299"): "metro us",
    ("US", "NJ", "11303"): "metro east us",
    ("US", "AK", "99501"): "rest",
    ("US", "CA", "90210"): "us",
    ("US", "MA", "02101"): "east us",
    ("US", "", ""): "us",
    ("GB", "", "SW1A 1AA"): "london",
    ("GB", "", "sw10 9aa"): "london",
    ("GB", "", "M1 1AE"): "rest",
    ("FR", "", "20000"): "rest",
    ("FR", "", "75001"): "eu",
    ("DE", "", "10115"): "eu",
    ("CY", "", "1010"): "rest",
    ("JP", "13", "100-0001"): "rest",
}
