"""The units that are known, by every way to write them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["UNITS", "is_short_unit"]

# Written "12 km", "12km", "12-km"; the first name of a line is the one that is shown.
_NAMES = """
second seconds sec secs s
minute minutes min mins
hour hours h hr hrs
day days
night nights
week weeks wk wks
fortnight fortnights
month months
year years yr yrs
decade decades
century centuries
millisecond milliseconds ms
mm millimetre millimetres millimeter millimeters
cm centimetre centimetres centimeter centimeters
metre metres meter meters m
km kilometre kilometres kilometer kilometers kms
inch inches
foot feet ft
yard yards yd
mile miles mi
acre acres
hectare hectares ha
mg milligram milligrams
gram grams g gramme grammes
kg kilogram kilograms kilo kilos kgs
tonne tonnes
ton tons
ounce ounces oz
stone
ml millilitre millilitres milliliter milliliters
cl centilitre centilitres
litre litres liter liters l
pint pints
gallon gallons
quart quarts
cup cups
tablespoon tablespoons tbsp tbsps
teaspoon teaspoons tsp tsps
pinch pinches
% percent pct
dollar dollars usd bucks $
cent cents
euro euros eur \u20ac
pound pounds gbp quid lb lbs \u00a3
yen jpy \u00a5
rupee rupees inr
\u00b0 degree degrees
\u00b0c celsius centigrade c
\u00b0f fahrenheit f
kelvin
volt volts v
amp amps ampere amperes a
watt watts w
kw kilowatt kilowatts
kwh
hz hertz
khz
mhz megahertz
ghz gigahertz
bit bits
byte bytes
kb kilobyte kilobytes
mb megabyte megabytes
gb gigabyte gigabytes
tb terabyte terabytes
mbit/s mbps
kb/s
mb/s
gb/s
kbit/s kbps
gbit/s gbps
km/h kmh kph
mph
m/s
kcal calorie calories cal cals
joule joules j
px pixel pixels
pt
point points
people
person persons
time times
step steps
page pages
word words
character characters
line lines
letter letters
sentence sentences
syllable syllables
item items
degreecelsius
"""

UNITS: Mapping[str, str] = {
    name: line.split()[0] for line in _NAMES.strip().splitlines() for name in line.split()
}
"""Every name in small letters, to the name that is shown."""


def is_short_unit(word: str) -> bool:
    """Whether a name is so short that it is only a unit right after digits, as written."""
    return len(word) == 1
