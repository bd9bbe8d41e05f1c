"""Brazil as a shipping policy sees it: states by postal code, and regions that share a price row.

Source: the postal code ranges of the Brazilian states and their capitals as published by Correios
(Faixas de CEP); the five regions are those of IBGE.
"""

REGIONS = {
    "norte": ("AC", "AM", "AP", "PA", "RO", "RR", "TO"),
    "nordeste": ("AL", "BA", "CE", "MA", "PB", "PE", "PI", "RN", "SE"),
    "centro-oeste": ("DF", "GO", "MS", "MT"),
    "sudeste": ("ES", "MG", "RJ", "SP"),
    "sul": ("PR", "RS", "SC"),
}
REGION_OF = {state: region for region, states in REGIONS.items() for state in states}

CAPITALS = {
    "AL": ["57000..57099"],
    "AM": ["69000..69099"],
    "BA": ["40000..42599"],
    "CE": ["60000..61599"],
    "DF": ["70000..72799", "73000..73699"],
    "ES": ["29000..29099"],
    "GO": ["74000..74899"],
    "MA": ["65000..65109"],
    "MG": ["30000..31999"],
    "MS": ["79000..79124"],
    "MT": ["78000..78099"],
    "PA": ["66000..66999"],
    "PB": ["58000..58099"],
    "PE": ["50000..52999"],
    "PI": ["64000..64099"],
    "PR": ["80000..82999"],
    "RJ": ["20000..23799"],
    "RN": ["59000..59139"],
    "RS": ["90000..91999"],
    "SC": ["88000..88099"],
    "SE": ["49000..49098"],
    "SP": ["01000..05999", "08000..08499"],
}


def zone_of(state: str) -> str:
    """The policy's id for the whole of a state."""
    return state.lower()


def capital_zone_of(state: str) -> str:
    """The policy's id for the capital of a state."""
    return f"{state.lower()}-capital"
