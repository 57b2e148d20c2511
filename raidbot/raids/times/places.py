"""Time zones by the cities and countries people live in: countries of the tzdata package, and big cities."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources

BIG_CITIES = {
    "America/New_York": "nyc|new york city|washington|washington dc|boston|philadelphia|miami|atlanta|orlando|tampa"
    "|charlotte|baltimore|pittsburgh|cleveland|columbus|cincinnati|brooklyn|buffalo|raleigh|jacksonville|eastern"
    "|nueva york|georgia|florida|new jersey",
    "America/Chicago": "houston|dallas|austin|san antonio|minneapolis|st louis|saint louis|kansas city|milwaukee"
    "|nashville|new orleans|memphis|oklahoma city|omaha|fort worth|texas|central",
    "America/Denver": "salt lake city|albuquerque|colorado springs|boulder|colorado|utah|mountain",
    "America/Phoenix": "tucson|arizona|scottsdale",
    "America/Los_Angeles": "la|san francisco|seattle|san diego|san jose|portland|las vegas|sacramento|oakland"
    "|california|silicon valley|pacific",
    "Pacific/Honolulu": "hawaii",
    "America/Anchorage": "alaska",
    "America/Toronto": "montreal|ottawa|quebec|quebec city|ontario",
    "America/Vancouver": "victoria bc|british columbia",
    "America/Edmonton": "calgary|alberta",
    "America/Halifax": "nova scotia",
    "America/Mexico_City": "guadalajara|puebla|cdmx|ciudad de mexico",
    "America/Sao_Paulo": "rio|rio de janeiro|brasilia|belo horizonte|curitiba|porto alegre|salvador",
    "America/Argentina/Buenos_Aires": "rosario|la plata",
    "America/Bogota": "medellin|cali",
    "America/Guayaquil": "quito",
    "America/Caracas": "maracaibo",
    "Europe/London": "manchester|birmingham|liverpool|leeds|glasgow|edinburgh|cardiff|bristol|sheffield|newcastle|uk"
    "|england|scotland|wales|great britain|britain|united kingdom|northern ireland"
    "|londres|londra|edimbourg",
    "Europe/Dublin": "cork|galway|limerick",
    "Europe/Paris": "marseille|lyon|toulouse|nice|nantes|strasbourg|bordeaux|lille|rennes|montpellier",
    "Europe/Berlin": "hamburg|munich|munchen|muenchen|cologne|koln|koeln|frankfurt|stuttgart|dusseldorf|duesseldorf"
    "|leipzig|dresden|hannover|hanover|nuremberg|nurnberg|nuernberg|bremen|essen|dortmund|deutschland"
    "|berlino|colonia",
    "Europe/Vienna": "wien|graz|linz|salzburg|innsbruck|osterreich|oesterreich",
    "Europe/Zurich": "geneva|geneve|genf|basel|bern|lausanne|zuerich|schweiz|suisse",
    "Europe/Madrid": "barcelona|valencia|seville|sevilla|zaragoza|malaga|bilbao|alicante|murcia|espana|catalonia"
    "|cordoba",
    "Atlantic/Canary": "las palmas|tenerife|canary islands|gran canaria",
    "Europe/Lisbon": "porto|lisboa|braga|coimbra|lissabon|lisbonne",
    "Europe/Rome": "milan|milano|naples|napoli|turin|torino|florence|firenze|venice|venezia|bologna|roma|palermo"
    "|italia"
    "|rom|mailand|venedig|neapel|florenz",
    "Europe/Amsterdam": "rotterdam|the hague|den haag|utrecht|eindhoven|holland|nederland",
    "Europe/Brussels": "antwerp|antwerpen|ghent|gent|liege|bruges|bruxelles|belgique|belgie|brussel|bruselas|luttich",
    "Europe/Copenhagen": "aarhus|odense|kobenhavn|danmark|kopenhagen|copenhague",
    "Europe/Stockholm": "gothenburg|goteborg|malmo|uppsala|sverige",
    "Europe/Oslo": "bergen|trondheim|stavanger|norge",
    "Europe/Helsinki": "espoo|tampere|turku|oulu|suomi",
    "Europe/Warsaw": "krakow|cracow|lodz|wroclaw|poznan|gdansk|warszawa|katowice|polska|warschau|varsovie|varsovia",
    "Europe/Prague": "brno|ostrava|praha|czech republic|czechia|cesko|prag",
    "Europe/Budapest": "debrecen|magyarorszag",
    "Europe/Bucharest": "bucuresti|cluj|cluj napoca|timisoara|iasi",
    "Europe/Athens": "thessaloniki|piraeus|patras|athen|athenes|atenas",
    "Europe/Kyiv": "kiev|kharkiv|odesa|odessa|lviv|dnipro",
    "Europe/Moscow": "saint petersburg|st petersburg|petersburg|nizhny novgorod|kazan|moskva|moskau|moscou|moscu",
    "Europe/Istanbul": "ankara|izmir|bursa|antalya|turkey|turkiye",
    "Europe/Belgrade": "novi sad|beograd",
    "Asia/Jerusalem": "tel aviv|haifa",
    "Asia/Dubai": "abu dhabi|sharjah|uae",
    "Asia/Riyadh": "jeddah|mecca|medina|dammam",
    "Asia/Qatar": "doha",
    "Asia/Tehran": "isfahan|mashhad|shiraz",
    "Asia/Karachi": "lahore|islamabad|rawalpindi|faisalabad|peshawar",
    "Asia/Kolkata": "mumbai|bombay|delhi|new delhi|bangalore|bengaluru|chennai|madras|hyderabad|pune|ahmedabad|jaipur"
    "|kochi|lucknow|goa",
    "Asia/Dhaka": "chittagong",
    "Asia/Shanghai": "beijing|peking|guangzhou|canton|shenzhen|chengdu|wuhan|tianjin|hangzhou|nanjing|xian|chongqing"
    "|pekin",
    "Asia/Taipei": "kaohsiung|taichung",
    "Asia/Hong_Kong": "kowloon",
    "Asia/Tokyo": "osaka|kyoto|yokohama|nagoya|sapporo|fukuoka|kobe|sendai|hiroshima",
    "Asia/Seoul": "busan|incheon|daegu|korea|south korea",
    "Asia/Pyongyang": "north korea",
    "Asia/Ho_Chi_Minh": "hanoi|ha noi|saigon|da nang|hai phong|viet nam|vietnam",
    "Asia/Manila": "quezon city|cebu|davao",
    "Asia/Jakarta": "bandung|surabaya|medan|java",
    "Asia/Makassar": "bali|denpasar|lombok",
    "Asia/Kuala_Lumpur": "penang|johor bahru|malacca",
    "Asia/Bangkok": "chiang mai|phuket|pattaya",
    "Asia/Yangon": "rangoon|mandalay|burma",
    "Asia/Almaty": "astana|nur sultan|kazakhstan",
    "Australia/Sydney": "canberra|newcastle nsw|wollongong|new south wales",
    "Australia/Melbourne": "geelong",
    "Australia/Brisbane": "gold coast|cairns|townsville|queensland",
    "Australia/Perth": "western australia",
    "Pacific/Auckland": "wellington|christchurch|hamilton nz|dunedin|new zealand",
    "Africa/Johannesburg": "cape town|durban|pretoria|soweto|kapstadt",
    "Africa/Cairo": "alexandria|giza",
    "Africa/Casablanca": "rabat|marrakesh|marrakech|fes|tangier",
    "Africa/Lagos": "abuja|kano|ibadan",
    "Africa/Nairobi": "mombasa|mombassa",
    "Africa/Abidjan": "ivory coast",
    "America/Puerto_Rico": "san juan",
    "America/Costa_Rica": "san jose",
    "Europe/Sarajevo": "bosnia",
    "Europe/Skopje": "macedonia",
    "UTC": "zulu|universal|greenwich|gmt",
}
"""Cities with a zone of another name, their names in other languages, and regions; without accents, by zone."""
_SEVERAL = {"usa": "US", "us": "US", "america": "US", "united states of america": "US", "russian federation": "RU",
            "rossiya": "RU", "brasil": "BR"}  # fmt: skip
"""Other names of countries with several zones."""
_MAIN = {"DE": "Europe/Berlin", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "NZ": "Pacific/Auckland",
         "CN": "Asia/Shanghai", "MY": "Asia/Kuala_Lumpur", "AR": "America/Argentina/Buenos_Aires",
         "CL": "America/Santiago", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent", "CY": "Asia/Nicosia",
         "EC": "America/Guayaquil", "KZ": "Asia/Almaty", "PS": "Asia/Gaza", "FR": "Europe/Paris"}  # fmt: skip
"""The zones in which nearly everybody of a country with several zones lives."""
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "_": " ", "-": " ", "'": None, "’": None}
)
_CONTINENTS = {
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
}
_LEAST_NEARNESS = 0.65


def folded(text: str) -> str:
    """Return the text without case, accents, dots and underscores: “São_Paulo” becomes “sao paulo”."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).replace(".", " ").split())


def zones_of(text: str) -> tuple[str, ...]:
    """Return the zone of a city, or the zones of a country, or of all cities of that name; empty if unknown."""
    name = folded(text)
    return _places().get(name) or _squeezed().get(name.replace(" ", ""), ())


def beginning_with(text: str) -> list[str]:
    """Return the zones of places of which a word begins with the text: first names, then later words."""
    typed = folded(text)
    first = [zones for name, zones in _places().items() if name.startswith(typed)]
    later = [zones for name, zones in _places().items() if f" {typed}" in name]
    return list(dict.fromkeys(zone for zones in (*first, *later) for zone in zones))


def near(text: str) -> list[str]:
    """Return the zones of at most five places whose names are nearly the text, or its part behind a slash."""
    typed, known = folded(text.rpartition("/")[2]).replace(" ", ""), _squeezed()
    from rapidfuzz import process  # 3 MB that nobody needs before the first unclear word
    from rapidfuzz.distance import OSA

    scorer = OSA.normalized_similarity
    found = process.extract(typed, tuple(known), scorer=scorer, score_cutoff=_LEAST_NEARNESS, limit=5)
    return list(dict.fromkeys(zone for name, _, _ in found for zone in known[name][:3]))


@cache
def zone_names() -> dict[str, str]:
    """Return the names of the zone database, by themselves in lower case."""
    zones = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return {name.casefold(): name for name in zones if name != "Factory"}


@cache
def in_a_continent() -> tuple[str, ...]:
    """Return the names to choose from: UTC, and “Europe/Berlin” but not “Germany” or “EST5EDT”."""
    return ("UTC", *(name for name in zone_names().values() if name.partition("/")[0] in _CONTINENTS and "/" in name))


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """Return the zones of each city, country and state, by its folded name."""
    places: dict[str, tuple[str, ...]] = {}
    for zone, names in BIG_CITIES.items():
        for name in names.split("|"):
            places[name] = (*places.get(name, ()), zone)
    big = set(places)
    for zone in in_a_continent():
        places.setdefault(folded(zone.rpartition("/")[2]), (zone,))
    by_code = _zones_by_country()
    for code, title in _rows("iso3166.tab"):
        name = folded(title.replace("(", "").replace(")", ""))
        zones = (_MAIN[code],) if code in _MAIN else by_code.get(code, ())
        if name in big:
            places[name] = tuple(dict.fromkeys((*places[name], *zones)))
        elif zones:
            places.setdefault(name, zones)
    return places | {name: by_code[code] for name, code in _SEVERAL.items()}


@cache
def _squeezed() -> dict[str, tuple[str, ...]]:
    """Return the same by the name without spaces: people write “newyork” and “washington d.c.”."""
    return {name.replace(" ", ""): zones for name, zones in _places().items()}


def _zones_by_country() -> dict[str, tuple[str, ...]]:
    zones: dict[str, list[str]] = {}
    for code, _, zone, *_ in _rows("zone.tab"):
        zones.setdefault(code, []).append(zone)
    order = {zone: place for place, zone in enumerate(BIG_CITIES)}
    return {code: tuple(sorted(names, key=lambda name: order.get(name, len(order)))) for code, names in zones.items()}


def _rows(table: str) -> Iterable[list[str]]:
    lines = resources.files("tzdata").joinpath("zoneinfo", table).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
