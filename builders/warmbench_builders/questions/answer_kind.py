"""What kind of thing a trivia question asks for: a year, a river, a painter, a film.

The kind is read from the form of the question (its question word and the noun that goes with it)
and checked against the form of the answer (digits, capitals, what its aliases say in brackets).
There are general rules only, no language model: the same row gives the same kind on any machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, lru_cache

import regex

__all__ = [
    "AnswerKind",
    "AskedNoun",
    "Kind",
    "answer_kind",
    "answers_of_closed_kind",
    "asked_noun",
    "continent_of",
    "is_class_word",
    "kind_from_aliases",
    "number_in",
    "number_word",
    "plain_question",
]


class Kind(StrEnum):
    """General kinds of answers; two answers of one kind can stand in for each other."""

    ANIMAL = "animal"
    AWARD = "award"
    BODY_PART = "body part"
    CLOTHING = "clothing"
    COLOUR = "colour"
    CURRENCY = "currency"
    DATE = "date"
    DAY = "day"
    DISEASE = "disease"
    DRINK = "drink"
    EVENT = "event"
    FEAR = "fear"
    FOOD = "food"
    INSTRUMENT = "instrument"
    LANGUAGE = "language"
    LETTER = "letter"
    MEASURE = "measure"
    MONEY = "money"
    MONTH = "month"
    NAME = "name"
    NATIONALITY = "nationality"
    NUMBER = "number"
    OCCUPATION = "occupation"
    ORGANISATION = "organisation"
    PERCENTAGE = "percentage"
    PERIOD = "period"
    PERSON = "person"
    PLACE = "place"
    PLANT = "plant"
    RELIGION = "religion"
    SCIENCE = "science"
    SEASON = "season"
    SPORT = "sport"
    STYLE = "style"
    SUBSTANCE = "substance"
    TEAM = "team"
    THING = "thing"
    TITLE = "title"
    UNIT = "unit"
    VEHICLE = "vehicle"
    WEAPON = "weapon"
    YEAR = "year"


@dataclass(frozen=True, order=True)
class AnswerKind:
    """A kind, and a finer one where the question tells (`place` and `river`).

    `sure` says whether the question's own words give it; two kinds are equal without regard to it.
    """

    name: Kind
    subkind: str | None = None
    sure: bool = field(default=True, compare=False)

    def general(self) -> AnswerKind:
        """The kind without its finer part: what to fall back on."""
        return AnswerKind(self.name)


@dataclass(frozen=True)
class AskedNoun:
    """The noun a question asks about and the words before it ("which *small Welsh* **town**")."""

    noun: str
    modifiers: tuple[str, ...] = ()
    kind: AnswerKind | None = None


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# One line a kind: `kind:subkind = nouns`, a two-word noun joined by an underscore. Nouns of one
# line are near enough for one to stand in for another; the question's own noun still comes first
# when a wrong answer is chosen.
_NOUN_TABLE = """
animal = animal antelope ape beast big_cat creature farm_animal mammal marsupial monkey primate
 rodent wild_animal
animal:bird = bird bird_of_prey duck seabird wading_bird
animal:cat = breed_of_cat cat
animal:dog = breed_of_dog dog dog_breed greyhound hound terrier
animal:fish = crustacean fish mollusc sea_creature seafood shark shellfish whale
animal:horse = breed_of_horse horse racehorse
animal:insect = beetle butterfly insect moth spider worm
animal:reptile = amphibian dinosaur lizard reptile snake
award = award decoration honour medal
body_part = artery blood_vessel body_part bone gland human_organ internal_organ joint muscle organ
 part_of_body part_of_the_body part_of_the_human_body tooth
clothing = article_of_clothing clothing dress fashion_item footwear garment hat headgear
 item_of_clothing robe scarf shoe type_of_hat
colour = color colour hue shade
currency = banknote coin currency monetary_unit unit_of_currency
date = birthday date
day = day weekday
disease = ailment complaint condition disease disorder fear illness infection medical_condition
 phobia tropical_disease virus
drink = alcohol alcoholic_drink alcoholic_spirit ale beer beverage cider cocktail coffee drink
 grape hot_drink liqueur liquor soft_drink spirit tea whisky white_wine wine
event = accident annual_event award_ceremony competition disaster event festival golf_competition
 golf_tournament grand_prix holiday horse_race operation prize public_holiday race
 religious_festival religious_holiday sporting_trophy tournament trophy
event:war = battle campaign civil_war conflict crusade english_civil_war_battle massacre
 naval_battle rebellion revolt revolution riot riots siege treaty uprising war
food = cereal condiment crop delicacy dish filling flavour flavouring food foods foodstuff sauce
 snack soup
food:cheese = cheese
food:fruit = citrus_fruit fruit nut nuts
food:ingredient = ingredient main_ingredient
food:meat = cut_of_meat meat type_of_meat
food:pasta = pasta
food:spice = herb herb_or_spice spice
food:sweet = biscuit bread cake candy chocolate_bar confectionery dessert gateau pastry pie
 pudding sweet tart
food:vegetable = bean root_vegetable salad tuber vegetable
instrument = brass_instrument instrument musical_instrument percussion_instrument
 string_instrument stringed_instrument woodwind_instrument
language = language tongue
letter = letter
measure = depth distance height length speed temperature weight width
money = cost price salary
month = month
name:first_name = christian_name first_name forename given_name middle_name middle_names
name:nickname = code_name codename nickname nicknames pet_name
name:real_name = birth_name real_name
name:surname = family_name last_name maiden_name second_name surname
nationality = ethnicity nationality
nationality:people = ethnic_group indian_tribe native_american_tribe native_people people tribe
number = age amount fraction number percentage score total
occupation = craft job jobs occupation occupations profession trade trades
occupation:rank = rank
organisation:agency = agency charity government_agency government_department institution
 international_organisation ministry organisation organization regiment religious_order
 secret_police secret_society service society terrorist_group terrorist_organisation union
organisation:airline = airline airline_company
organisation:band = act american_band backing_band backing_group band boy_band boyband
 british_band duo english_band girl_band girl_group group pop_act pop_band pop_duo pop_group
 punk_band quartet rock_band rock_group supergroup trio vocal_group
organisation:broadcaster = broadcaster_company network radio_station television_channel tv_channel
 tv_station
organisation:car_maker = car_brand car_company car_make car_maker car_manufacturer make_of_car
 marque motor_company motor_manufacturer
organisation:company = bank bookmaker brand brand_name company company_name computer_company
 corporation film_studio firm manufacturer manufacturing_company oil_company publisher
 record_label search_engine social_network studio website
organisation:dynasty = dynasty royal_family royal_house
organisation:movement = movement
organisation:party = party political_party
organisation:retailer = chain chain_of_shops department_store fashion_house high_street_chain
 high_street_store restaurant_chain retailer store supermarket supermarket_chain
organisation:school = business_school cambridge_college college oxford_college public_school
 school university university_city
percentage = percent
period:century = century
period:decade = decade
person:business = billionaire businessman businesswoman chef chief_executive cook editor
 entrepreneur founder industrialist millionaire philanthropist tycoon
person:character = angel archangel biblical_character biblical_figure bond_girl bond_villain
 cartoon_character character comic_book_hero comic_character creature_of_myth detective dwarf elf
 fairy fictional_character fictional_detective figure giant goblin heroine knight monster
 mythical_hero nymph puppet sleuth superhero title_character villain witch wizard
person:cleric = apostle archbishop archbishop_of_canterbury bishop cardinal cleric disciple
 evangelist missionary monk patron_saint pontiff pope prophet religious_leader saint
person:composer = composer conductor lyricist
person:criminal = assassin criminal gangster gunman highwayman killer murderer outlaw pirate
 robber serial_killer victim
person:deity = deity god goddess muse titan
person:designer = architect cartoonist designer fashion_designer interior_designer photographer
person:director = director film_director filmmaker movie_director producer screenwriter
person:explorer = adventurer astronaut cosmonaut explorer mountaineer navigator seafarer yachtsman
 yachtswoman
person:musician = band_leader bandleader bassist blues_singer country_singer crooner drummer
 folk_singer frontman guitarist jazz_musician lead_singer musician opera_singer performing_artist
 pianist pop_singer pop_star rapper recording_artist rock_singer rock_star saxophonist singer
 singer-songwriter songwriter soprano soul_singer tenor trumpeter violinist vocalist
person:painter = artist engraver illustrator painter portraitist sculptor
person:performer = actor actress ballerina broadcaster celebrity chat_show_host choreographer
 comedian comedienne dancer disc_jockey dj entertainer fashion_model film_actor film_actress
 film_legend film_star host magician movie_star newsreader performer presenter soap_star stand-up
 star supermodel television_presenter tv_chef tv_personality tv_presenter tv_star
person:person = aunt boy boyfriend briton brother butler couple cousin daughter englishman father
 fiancee figurehead frenchman girl girlfriend grandfather grandmother grocer guy hairdresser
 headmaster historical_figure husband icon inmate jeweller lady legend lover maid man member
 mother nephew niece nurse partner peer person personality policeman pupil scotsman secretary
 servant sibling sister son spouse student teacher twin uncle widow wife woman
person:politician = activist american_president campaigner chancellor chancellor_of_the_exchequer
 dictator diplomat first_lady foreign_secretary general_secretary governor head_of_state
 home_secretary leader mayor minister mp party_leader pm politician premier president
 prime_minister revolutionary secretary-general secretary_of_state senator speaker statesman
 suffragette us_president vice_president world_leader
person:ruler = consort czar duchess duke earl emperor empress king king_of_england monarch pharaoh
 prince princess queen queen_consort royal ruler sovereign sultan tsar
person:scientist = anthropologist archaeologist astronomer biologist botanist chemist doctor
 economist engineer geologist historian inventor mathematician naturalist philosopher physician
 physicist psychiatrist psychoanalyst psychologist scientist surgeon theologian thinker
person:soldier = admiral aviator commander conspirator field_marshal general naval_commander
 officer pilot sailor soldier spy warrior
person:sportsperson = athlete baseball_player basketball_player batsman bowler boxer captain
 champion chess_player coach cricketer cyclist darts_player decathlete driver football_manager
 footballer formula_one_driver goalkeeper goalscorer golfer gymnast jockey jumper manager player
 quarterback racing_cyclist racing_driver referee rugby_player runner skater skier snooker_player
 sportsman sportswoman sprinter striker swimmer tennis_player trainer umpire winner wrestler
person:writer = author authoress biographer columnist crime-writer crime_writer critic diarist
 dramatist essayist journalist novelist playwright poet poet_laureate writer
place:bridge = bridge
place:building = building castle country_house estate famous_building fort fortress hall hospital
 house landmark lighthouse london_landmark mansion monument nightclub observatory palace pub
 residence retreat shopping_centre shopping_mall skyscraper stately_home structure
 tourist_attraction tower
place:church = abbey cathedral chapel church monastery mosque priory temple
place:continent = continent
place:country = asian_country commonwealth_country countries country host_nation island_country
 island_nation kingdom landlocked_country nation nation_state republic sovereign_state
place:county = county english_county irish_county scottish_county shire welsh_county
place:desert = beach cape cave desert forest glacier gorge moor peninsula rainforest valley
 waterfall
place:district = area avenue borough district london_borough london_street neighborhood
 neighbourhood road square street suburb_of_london thoroughfare
place:golf_course = golf_club golf_course
place:hotel = hotel
place:island = archipelago chain_of_islands group_of_islands island island_chain island_group
 islands isle scottish_island
place:lake = lake loch reservoir
place:mountain = active_volcano chain_of_mountains highest_mountain hill hills mountain
 mountain_range mountains peak range range_of_hills range_of_mountains volcano
place:park = cemetery national_park park theme_park
place:planet = asteroid astrological_sign brightest_star celestial_body constellation dwarf_planet
 galaxy moon nearest_star planet satellite sign_of_the_zodiac star_constellation star_sign
 zodiac_sign
place:prison = jail prison
place:province = australian_state autonomous_region brazilian_state british_overseas_territory
 canadian_province canton colony county_borough department dependency duchy emirate german_state
 indian_state province region territory
place:racecourse = circuit race_course racecourse racetrack
place:river = canal river tributary waterway
place:road = highway motorway railway_line route tube_line underground_line
place:sea = bay body_of_water gulf ocean sea strait
place:settlement = birthplace capital capital_city cathedral_city city city_state constituency
 hamlet hometown market_town new_town parliamentary_constituency port port_city resort seaport
 seaside_resort seaside_town settlement ski_resort spa_town state_capital suburb town township
 village
place:stadium = cricket_ground football_ground ground sports_venue stadium venue
place:station = airport mainline_station railway_station station tube_station underground_station
place:theatre = art_gallery concert_hall gallery museum opera_house theatre
place:us_state = american_state state state_of_the_usa u_s_state us_state
plant = fungus grass mushroom plant weed
plant:flower = bulb flower shrub spring_flower wildflower
plant:tree = fruit_tree timber tree wood
religion = denomination faith religion religious_group religious_movement sect
science = academic_subject branch_of_mathematics branch_of_science field_of_study science
season = season
sport = athletics_event ball_game combat_sport gambling_game martial_art olympic_event
 olympic_sport racket_sport sport sporting_activity sporting_event stroke swimming_stroke
 team_sport winter_sport
style = architectural_style art_movement artistic_movement form_of_music genre literary_genre
 musical_genre style style_of_architecture style_of_music style_of_painting type_of_music
substance = acid alloy chemical chemical_compound cloth compound crystal drug enzyme fabric fibre
 fluid fuel gem gemstone hormone liquid material mineral oil ore poison precious_stone protein
 rock rock_type stone substance sugar textile vitamin
substance:element = chemical_element element gas metal metallic_element noble_gas
team = american_football_team baseball_club baseball_team basketball_team club county_cricket_club
 county_side cricket_team english_club english_football_club english_football_team football_club
 football_league_club football_league_team football_team ice_hockey_team league_club league_team
 nba_team nfl_team premier_league_club premiership_club rugby_club rugby_league_club
 rugby_league_team scottish_football_club scottish_football_team side soccer_team sports_team team
title:album = album debut_album lp studio_album
title:bible = bible_book book_of_the_bible book_of_the_new_testament book_of_the_old_testament
 gospel old_testament_book
title:book = autobiography bestseller biography book book_title dickens_novel fairy_tale
 literary_classic literary_work novel poem publication series_of_books series_of_novels
 short_story sonnet story trilogy work
title:film = animated_film best_picture blockbuster bond_film comedy_film disney_film disney_movie
 feature_film film hitchcock_film horror_film james_bond_film motion_picture movie musical_film
 silent_film war_film western
title:game = board_game card_game casino_game computer_game game video_game
title:musical = musical show_musical stage_musical
title:opera = ballet comic_opera opera operetta oratorio savoy_opera
title:painting = painting picture portrait sculpture statue work_of_art
title:periodical = british_newspaper comic comic_book comic_strip daily_newspaper journal magazine
 newspaper periodical
title:play = farce pantomime play shakespeare_play shakespeare_tragedy shakespearean_play
 shakespearian_play stage_play tragedy
title:show = bbc_series bbc_sitcom cartoon cartoon_series comedy comedy_series crime_drama
 detective_series drama drama_series game_show police_drama programme quiz quiz_show
 radio_programme radio_show reality_show series show sitcom soap soap_drama soap_opera
 television_drama television_programme television_series television_show tv_comedy tv_drama
 tv_programme tv_series tv_show tv_sitcom
title:song = anthem ballad carol christmas_carol hit hit_record hit_single hit_song hymn
 national_anthem no_1 no_1_hit number_one number_one_hit nursery_rhyme record single song
 theme_song tune
unit = imperial_unit scientific_unit si_unit unit unit_of_measurement
vehicle = aeroplane aircraft aircraft_carrier airliner airship battleship boat car car_model
 carriage ferry helicopter liner locomotive model_of_car motorbike motorcycle ocean_liner plane
 probe royal_navy_ship sailing_ship ship space_probe space_shuttle spacecraft spaceship sports_car
 steam_locomotive submarine tank train type_of_boat vehicle warship yacht
weapon = blade firearm gun knife sword weapon
year = year
"""

_PROPER_MONTHS = _words(
    "january february march april may june july august september october november december"
)
_WEEKDAYS = _words("monday tuesday wednesday thursday friday saturday sunday")
_SEASONS = _words("spring summer autumn winter")
_COLOURS = _words(
    "red orange yellow green blue indigo violet purple pink brown black white grey gray gold silver"
    " crimson scarlet maroon turquoise cream beige navy mauve magenta cyan"
)
_CONTINENTS = [
    "africa",
    "antarctica",
    "asia",
    "europe",
    "north america",
    "south america",
    "oceania",
]

# The members of the United Nations and a few more, by continent, in everyday English names.
_COUNTRY_TABLE = {
    "africa": "Algeria, Angola, Benin, Botswana, Burkina Faso, Burundi, Cameroon, Cape Verde, "
    "Central African Republic, Chad, Comoros, Democratic Republic of the Congo, "
    "Republic of the Congo, Djibouti, Egypt, Equatorial Guinea, Eritrea, Ethiopia, Gabon, "
    "Gambia, The Gambia, Ghana, Guinea, Guinea-Bissau, Ivory Coast, Kenya, Lesotho, Liberia, "
    "Libya, Madagascar, Malawi, Mali, Mauritania, Mauritius, Morocco, Mozambique, Namibia, Niger, "
    "Nigeria, Rwanda, Senegal, Seychelles, Sierra Leone, Somalia, South Africa, South Sudan, "
    "Sudan, Swaziland, Eswatini, Tanzania, Togo, Tunisia, Uganda, Zambia, Zimbabwe",
    "asia": "Afghanistan, Bahrain, Bangladesh, Bhutan, Brunei, Burma, Cambodia, China, "
    "East Timor, India, Indonesia, Iran, Iraq, Israel, Japan, Jordan, Kazakhstan, Kuwait, "
    "Kyrgyzstan, Laos, Lebanon, Malaysia, Maldives, Mongolia, Myanmar, Nepal, North Korea, Oman, "
    "Pakistan, Philippines, The Philippines, Qatar, Saudi Arabia, Singapore, South Korea, "
    "Sri Lanka, Syria, Taiwan, Tajikistan, Thailand, Turkmenistan, United Arab Emirates, "
    "Uzbekistan, Vietnam, Yemen",
    "europe": "Albania, Andorra, Armenia, Austria, Azerbaijan, Belarus, Belgium, "
    "Bosnia and Herzegovina, Bulgaria, Croatia, Cyprus, Czech Republic, Denmark, Estonia, "
    "Finland, France, Georgia, Germany, Greece, Hungary, Iceland, Ireland, Italy, Kosovo, Latvia, "
    "Liechtenstein, Lithuania, Luxembourg, Macedonia, Malta, Moldova, Monaco, Montenegro, "
    "Netherlands, The Netherlands, Norway, Poland, Portugal, Republic of Ireland, Romania, "
    "Russia, San Marino, Serbia, Slovakia, Slovenia, Spain, Sweden, Switzerland, Turkey, Ukraine, "
    "United Kingdom, England, Scotland, Wales, Northern Ireland, Vatican City",
    "north america": "Antigua and Barbuda, Bahamas, The Bahamas, Barbados, Belize, Canada, "
    "Costa Rica, Cuba, Dominica, Dominican Republic, El Salvador, Grenada, Guatemala, Haiti, "
    "Honduras, Jamaica, Mexico, Nicaragua, Panama, Saint Lucia, Trinidad and Tobago, "
    "United States",
    "oceania": "Australia, Fiji, Kiribati, Nauru, New Zealand, Palau, Papua New Guinea, Samoa, "
    "Solomon Islands, Tonga, Tuvalu, Vanuatu",
    "south america": "Argentina, Bolivia, Brazil, Chile, Colombia, Ecuador, Guyana, Paraguay, "
    "Peru, Suriname, Uruguay, Venezuela",
}
_STATES = (
    "Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, "
    "Georgia, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, "
    "Maryland, Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, "
    "Nevada, New Hampshire, New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio, "
    "Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee, "
    "Texas, Utah, Vermont, Virginia, Washington, West Virginia, Wisconsin, Wyoming"
)

_NOUNS_OF_NOUNS = _words(
    "part type kind sort form variety species genus name names style class brand make example pair"
    " piece subspecies strain category title names family order item branch role nickname"
)
# Words that are nouns of their own, but not before "of": "which group of people", "make of car".
_MEASURE_NOUNS = _words("group family make brand chain set act branch breed series")
# Nouns that are verbs after another noun: "which actor plays", "which team play".
_MAYBE_VERBS = _words(
    "plays stars hosts shows works makes houses names ranks covers play host work make house name"
    " cover"
)
# "Which Belgian won", "which hairdresser who": what comes before is a person.
_PERSONAL = _words(
    "who whose painted wrote directed composed sang starred married invented won penned portrayed"
    " scored recorded presented"
)
# Words that end the noun phrase after a question word.
_STOPS = _words(
    "describes denotes means refers represents involves features contains connects describing"
    " denoting meaning containing beginning starting stands translates "
    "is was were are be been being did does do has had have can could will would may might must"
    " should shall in on at of for from by with without who whom that which whose to as and or but"
    " when if because where while about into after before during between through across under over"
    " called known named given used born made won became it its his her their this there you we"
    " they he she i what how why also ? . , ; : !"
)
_COPULAS = _words("is was are were 's")
_QUESTION_WORDS = _words("who whom whose which what where when how")
_WHO_COPULAS = _COPULAS | {"became", "becomes"}
_ARTICLES = _words("the a an")

_TOKEN = regex.compile(r"[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*|'s\b|[?.,;:!]")
_QUOTED = regex.compile(
    r"""["\u201c\u201d][^"\u201c\u201d]*["\u201c\u201d]"""
    r"""|(?<![\p{L}\p{N}])['\u2018][^'\u2018\u2019]+['\u2019](?![\p{L}\p{N}])"""
)
_BRACKETED = regex.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CURLY_APOSTROPHE = regex.compile("[\u2018\u2019]")
_INITIAL = regex.compile(r"\b(\p{Lu})\.(?=\s?\p{Lu})")
_ABBREVIATIONS = regex.compile(
    r"\b(?:\p{L}\.){2,}|\b(?:no|st|dr|mt|mr|mrs|messrs)\.(?=\s?\w)", regex.I
)

# What somebody did tells what somebody was; the first that is found counts.
_DEEDS = (
    ("composer", r"composed|wrote the (?:music|opera|score)"),
    ("director", r"directed"),
    ("painter", r"painted|sculpted|drew|drawn"),
    ("designer", r"designed"),
    ("musician", r"sang|sings|sung|recorded|had an? .{0,30}hit|released|topped the chart"),
    ("performer", r"play(?:s|ed)? (?!for\b)|starr?(?:s|ed)|portray(?:s|ed)|present(?:s|ed)|hosted"
     r"|provided the voice|voice of|voiced"),
    ("writer", r"wrote|written|penned|authored|created the character"),
    ("quoted", r"said|described|coined|remarked"),
    ("scientist", r"invent(?:ed|or)|discover(?:ed|er)|devised|developed|pioneered|patented"),
    ("sportsperson", r"scored|won the .{0,40}(?:open|wimbledon|masters|grand prix|tour|gold|medal"
     r"|singles|championship|world title)|captain(?:s|ed)?\b|managed|defeated .{0,40}final|boxer"),
    ("criminal", r"murdered|assassinated|shot|killed|kidnapped"),
    ("soldier", r"commanded|led the .{0,20}(?:army|fleet|forces|expedition)"),
    ("ruler", r"reigned|ascended|crowned|throne"),
    ("politician", r"succeeded|elected|preceded"),
    ("business", r"founded|co-founded"),
)  # fmt: skip
_DEED_PATTERNS = tuple((role, regex.compile(rf"\b(?:{deed})")) for role, deed in _DEEDS)
# In a world of its own nobody is an author or a murderer, whatever was done there.
_WORLDS = (
    ("deity", r"(?:greek|roman|norse|egyptian|hindu|celtic) (?:myth\w*|legends?|gods?)|mythology"),
    ("character", r"nursery rhyme|bible|biblical|old testament|new testament|in fiction|fictional"
     r"|fairy tale|arthurian|in shakespeare|shakespeare play|dickens novel"),
)  # fmt: skip
_WORLD_PATTERNS = tuple((role, regex.compile(rf"\b(?:{words})")) for role, words in _WORLDS)
# Where no deed tells, what the whole question is about.
_SETTINGS = (
    ("sportsperson", r"football\w*|fifa|rugby|cricket|olympics?|athletics|world cup|wimbledon"
     r"|golf\w*|tennis|boxing|boxer|heavyweight|wrestl\w*|formula (?:one|1)|grand prix|rode|jockey"
     r"|metres|snooker|darts|ryder cup|premier league|championships?|champion|nba|nfl|baseball"
     r"|basketball\w*|super bowl|diving|swimming|gymnast\w*|skat\w*|cyclist|marathon|goals?|scorer"
     r"|rowing|test match|ashes|ballon d'or|four minute mile|world record"),
    ("musician", r"album|hits?|single|songs?|band|number one|no ?\d|charts?|concert|lyrics|symphony"
     r"|duet\w*|recording|beatles|jazz|singer|pop|rock|punk|guitarist|country music"),
    ("performer", r"films?|movies?|oscars?|tv|television|series|sitcom|actor|actress|comedy|bbc"
     r"|model|narrat\w*|presenter|radio|cinema|hollywood|catchphrases?|comedian|talent show"),
    ("cleric", r"jesus|apostles?|disciples?|church|saint|christian\w*|heresy|methodist|vatican"),
    ("character", r"cartoon|comics?|in .{0,40}\b(?:story|stories|novels?|books?|literature|opera)"),
    ("ruler", r"kings?|queens?|throne|monarch|royal|dynasty|empress|emperor|reign|\d+ (?:ad|bc)"
     r"|prince|princess|duke|duchess|henry viii|capital in"),
    ("explorer", r"space|spaceflight|moon|expedition|circumnavigat\w*|(?:north|south) pole|everest"
     r"|navigate|atlantic|source of the|sailed|orbit"),
    ("criminal", r"sentenced|executed|hanged|convicted|convict|spy|traitor|serial|pirate"
     r"|murder\w*"),
    ("politician", r"president\w*|minister|party|elections?|labour|conservative|republican|mps?"
     r"|ambassador|governor|senat\w*|parliament|cabinet|independence|treaty|resigned|secretary"
     r"|chief whip|running mate|attorney general|revolution|uprising|rebellion|revolt|government"
     r"|lord protector|constitution|long march|communist\w*|white house|assassinat\w*"),
    ("scientist", r"nobel prize for (?:medicine|physics|chemistry)|theory|physics|science|law"
     r"|computing|astronomy|medicine|transplant|engine|unit of|petrol|physicist|si unit"),
    ("writer", r"novels?|books?|poems?|nobel|poet|pulitzer|quotation|quote|literature|booker"
     r"|laureate|author|creator|autobiography|diary|biography|journalist|writer|proverb"),
    ("painter", r"paintings?|portrait|art|drawing|sculpture|illustrated"),
    ("designer", r"architect\w*|fashion|design|photograph\w*"),
    ("business", r"company|chief executive|ceo|owner|newspaper|jeweller|brand|factory|chairman"),
    ("soldier", r"army|war|battle|raf|navy|invasion|troops|flew"),
)  # fmt: skip
_SETTING_PATTERNS = tuple((role, regex.compile(rf"\b(?:{words})\b")) for role, words in _SETTINGS)

_UNITS_OF_ONE = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_NUMBER_WORDS = {word: value for value, word in enumerate(_UNITS_OF_ONE.split())} | {
    word: 10 * place for place, word in enumerate(_TENS.split(), start=2)
}
_LETTERS_OR_SIGN = regex.compile(r"\p{L}+|\S")
_DIGITS = regex.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")

_YEAR = regex.compile(r"(?:1\d|20)\d\d")
_DECADE = regex.compile(r"(?:the )?(?:early |late )?\d{1,3}0'?s", regex.IGNORECASE)
_CENTURY = regex.compile(r"(?:the )?\d{1,2}(?:st|nd|rd|th)(?: century)?", regex.IGNORECASE)
_ANY_MONTH = "|".join(sorted(_PROPER_MONTHS))
_DATE = regex.compile(
    rf"\b(?:{_ANY_MONTH})\b\D{{0,10}}\d|\d\D{{0,10}}\b(?:{_ANY_MONTH})\b",
    regex.IGNORECASE,
)
_MONEY = regex.compile(r"[£$€]\s?\d|\d[\s\p{L}]*\b(?:pounds?|dollars?|euros?|pence|cents?)\b")
_PERCENT = regex.compile(r"\d\s?(?:%|per ?cent)", regex.IGNORECASE)
_HOW_MEASURED = regex.compile(
    r"\bhow (?:far|long|tall|high|deep|wide|big|large|fast|heavy|old)\b|\bwhat (?:distance|speed)\b"
)
_HOW_MUCH = regex.compile(r"\bhow (?:many|much|often|few)\b")
_NUMERIC_NOUNS = frozenset(
    {
        Kind.YEAR,
        Kind.PERIOD,
        Kind.DATE,
        Kind.NUMBER,
        Kind.PERCENTAGE,
        Kind.MEASURE,
        Kind.MONEY,
        Kind.DAY,
    }
)

# What an alias says of its owner: "Peru (country)", "ISO 3166-1:PE", "Nyerere, Julius".
_ALIAS_BRACKET = regex.compile(r"\(([\p{Ll}][^()]*)\)$")
_ALIAS_MARKS = (
    (AnswerKind(Kind.PLACE, "country"), regex.compile(r"^ISO 3166-1|^Etymology of |^Name of ")),
    (AnswerKind(Kind.PLACE, "settlement"), regex.compile(r"^City of |^UN/LOCODE| City Council$")),
    (AnswerKind(Kind.TEAM), regex.compile(r"\bF\.? ?C\.?$|^FC |Football Club$|^A\.?F\.?C\b")),
    (AnswerKind(Kind.SUBSTANCE, "element"), regex.compile(r"^Element \d+$")),
    (AnswerKind(Kind.PERSON), regex.compile(r"[Ff]ilmography$|^(?:Sir|Dame) ")),
)
_ANY_ALIAS_MARK = regex.compile("|".join(mark.pattern for _, mark in _ALIAS_MARKS))


def _read_nouns(table: str) -> dict[str, AnswerKind]:
    nouns: dict[str, AnswerKind] = {}
    heading: AnswerKind | None = None
    for word in table.replace(" = ", "= ").split():
        if word.endswith("="):
            name, _, subkind = word[:-1].partition(":")
            heading = AnswerKind(_KIND_NAMES[name], subkind or None)
        elif heading is not None:
            nouns.setdefault(word.replace("_", " "), heading)
    return nouns


def _longest_by_first_word(nouns: Iterable[str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for noun in nouns:
        first, *others = noun.split()
        longest[first] = max(longest.get(first, 1), 1 + len(others))
    return longest


_KIND_NAMES = {kind.value.replace(" ", "_"): kind for kind in Kind}
_NOUNS = _read_nouns(_NOUN_TABLE)
_LONGEST_NOUN = _longest_by_first_word(_NOUNS)
"""How many words the longest noun has that starts with a word."""
_CONTINENT_OF = {
    country.strip().casefold(): continent
    for continent, countries in _COUNTRY_TABLE.items()
    for country in countries.split(",")
}
_US_STATE = AnswerKind(Kind.PLACE, "us_state")
_STATE_NAMES = frozenset(state.casefold() for state in _STATES.split(", "))
_CLOSED: dict[str, AnswerKind] = (
    {country: AnswerKind(Kind.PLACE, "country") for country in _CONTINENT_OF}
    | {state: _US_STATE for state in _STATE_NAMES if state != "georgia"}
    | {continent: AnswerKind(Kind.PLACE, "continent") for continent in _CONTINENTS}
    | {colour: AnswerKind(Kind.COLOUR) for colour in _COLOURS}
    | {month: AnswerKind(Kind.MONTH) for month in _PROPER_MONTHS}
    | {day: AnswerKind(Kind.DAY) for day in _WEEKDAYS}
    | {season: AnswerKind(Kind.SEASON) for season in _SEASONS}
)


def continent_of(country: str) -> str | None:
    """The continent of a country by its everyday English name; None for anything else."""
    return _CONTINENT_OF.get(country.casefold())


@cache
def answers_of_closed_kind(kind: AnswerKind) -> frozenset[str]:
    """All answers of a kind that has few, in lower case (months, colours, US states, countries).

    Empty for every other kind.
    """
    return frozenset(name for name, closed in _CLOSED.items() if closed == kind) | (
        _STATE_NAMES if kind == _US_STATE else frozenset()
    )


def is_class_word(text: str) -> bool:
    """Whether the text names a whole class ("Bird"), so that it may be true of a member too."""
    return _lexical(text.casefold().split()) is not None


@lru_cache(maxsize=1 << 15)
def plain_question(question: str) -> str:
    """The question in lower case, with plain quotes, and without quoted titles and brackets."""
    text = question.replace("`", "'").replace('""', '"').strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    text = _BRACKETED.sub(" ", text)
    text = _QUOTED.sub(" ", text)
    text = _ABBREVIATIONS.sub(lambda found: found[0].replace(".", ""), text)
    text = _INITIAL.sub(r"\1", text)
    straight: str = _CURLY_APOSTROPHE.sub("'", text)
    return straight.replace('"', " ").casefold()


@lru_cache(maxsize=1 << 17)
def number_in(text: str) -> float | None:
    """The number the whole text stands for, in digits or in English words; None for any other.

    >>> number_in("1,400"), number_in("twenty-one"), number_in("5 (five)"), number_in("5 miles")
    (1400.0, 21.0, 5.0, None)
    """
    bare = _BRACKETED.sub("", text).strip().rstrip(".").casefold()
    if _DIGITS.fullmatch(bare):
        return float(bare.replace(",", ""))
    words = _LETTERS_OR_SIGN.findall(bare.replace("-", " ").replace(",", " "))
    return _number_of_words([word for word in words if word != "and"])


def number_word(number: int) -> str | None:
    """The English word for a whole number from 0 to 19; None for any other."""
    words = _UNITS_OF_ONE.split()
    return words[number] if 0 <= number < len(words) else None


def _number_of_words(words: Sequence[str]) -> float | None:
    total, part = 0, 0
    for word in words:
        if word in _NUMBER_WORDS:
            part += _NUMBER_WORDS[word]
        elif word == "hundred":
            part = 100 * max(part, 1)
        elif word in _SCALES:
            total, part = total + _SCALES[word] * max(part, 1), 0
        else:
            return None
    return float(total + part) if words else None


@lru_cache(maxsize=1 << 15)
def asked_noun(question: str) -> AskedNoun | None:
    """The noun the question asks about, with the words before it; None where there is none.

    >>> noun = asked_noun("Which small Welsh town holds a festival of books?")
    >>> noun.modifiers, noun.noun, noun.kind.subkind
    (('small', 'welsh'), 'town', 'settlement')
    """
    text = _asking_sentence(plain_question(question))
    found = [noun for noun in _asked_nouns(_TOKEN.findall(text)) if noun is not None]
    known = next((noun for noun in found if noun.kind), None)
    return known or _noun_of_named(text) or next(iter(found), None)


_ASKING_WORD = regex.compile(r"\b(?:who|whom|whose|what|which|when|how|where)\b")
_SENTENCE_END = regex.compile(r"(?<=[.!?;])\s+")


def _asking_sentence(text: str) -> str:
    """The last sentence with a question word: what comes before it is not asked."""
    sentences = [part for part in _SENTENCE_END.split(text) if _ASKING_WORD.search(part)]
    return sentences[-1] if sentences else text


def _asked_nouns(tokens: Sequence[str]) -> Iterator[AskedNoun | None]:
    places = [place for place, token in enumerate(tokens) if token in _QUESTION_WORDS]
    if places and places[0] <= 2:
        # "Who wrote the book on which ..." and "What was the storm which ...": the first one asks.
        places = places[:1]
    for place in places:
        yield _noun_after_question_word(tokens[place], tokens[place + 1 :])
    if tokens[:2] == ["name", "the"]:
        yield _noun_phrase(tokens[2:])


def _noun_after_question_word(word: str, following: Sequence[str]) -> AskedNoun | None:
    copula = {*following[:1]} & _WHO_COPULAS
    if word in ("who", "whom", "whose"):
        person = _noun_after_copula(following[1:]) if copula else None
        return person if _is_person(person) else None
    if word not in ("which", "what"):
        return None
    if copula:
        return _noun_after_copula(following[1:])
    if following[:1] == ["of"] or following[:2] == ["one", "of"]:
        return _noun_phrase(following[following.index("of") + 1 :], first_stop=False)
    return _noun_phrase(following)


def _is_person(noun: AskedNoun | None) -> bool:
    return noun is not None and noun.kind is not None and noun.kind.name is Kind.PERSON


def _noun_after_copula(tokens: Sequence[str]) -> AskedNoun | None:
    """The noun of "what is the ...": not of "what is a ...", which asks for a definition."""
    if tokens[:1] in (["a"], ["an"], ["meant"]):
        return None
    phrase = list(tokens)
    stop = next((i for i, token in enumerate(phrase) if token in _STOPS), len(phrase))
    if "'s" in phrase[:stop]:
        phrase = phrase[len(phrase[:stop]) - phrase[:stop][::-1].index("'s") :]
    return _noun_phrase(phrase, raw=False)


def _noun_phrase(
    tokens: Sequence[str], *, first_stop: bool = True, raw: bool = True
) -> AskedNoun | None:
    """The last noun of the first run of known nouns before a stop; else the last plain word."""
    modifiers: list[str] = []
    place = 0
    while place < min(len(tokens), 9):
        described = _is_described(tokens, place)
        length, kind = (0, None) if described else _longest_noun(tokens, place)
        counted = (
            length < 2 and tokens[place] in _MEASURE_NOUNS and tokens[place + 1 :][:1] == ["of"]
        )
        if counted or (kind is None and tokens[place] in _NOUNS_OF_NOUNS):
            return _noun_of_noun(tokens, place)
        if kind is not None:
            return _end_of_run(tokens, place, length, kind, modifiers)
        if modifiers and tokens[place] in _PERSONAL:
            return AskedNoun(
                modifiers[-1], tuple(modifiers[:-1]), AnswerKind(Kind.PERSON, "person")
            )
        joined = tokens[place] == "and" and _longest_noun(tokens, place + 2)[1] is not None
        if tokens[place] in _STOPS and not joined and (first_stop or place > 0):
            break
        if tokens[place] == "'s":
            modifiers.clear()
        elif tokens[place] not in _ARTICLES:
            modifiers.append(tokens[place])
        place += 1
    if not raw or not modifiers or place >= 5:
        return None
    return AskedNoun(_singular(modifiers[-1]), tuple(modifiers[:-1]))


# "By what name is the condition better known?", "What name is given to the dessert?"
_NAMED_BY_NOUN = frozenset(
    {
        Kind.ANIMAL,
        Kind.BODY_PART,
        Kind.CLOTHING,
        Kind.DISEASE,
        Kind.DRINK,
        Kind.EVENT,
        Kind.FOOD,
        Kind.INSTRUMENT,
        Kind.PLANT,
        Kind.SPORT,
        Kind.SUBSTANCE,
        Kind.VEHICLE,
    }
)
_ALSO_KNOWN = frozenset({*_NAMED_BY_NOUN, Kind.PERSON, Kind.PLACE})
_GIVEN_TO = regex.compile(
    r"\b(?:name|term|word)s? (?:(?:is|was|are|were) )?(?:given )?(?:to|for) (.*)"
)
_HAD_TITLE = regex.compile(r"^(.*?)\b(?:what|which) (?:\S+ )?title\b")
_KNOWN_AS = regex.compile(
    r"^(.*?)\b(?:called|known|named)\b.{0,12}\bwhat\b|\bwhat name (?:is|was) (.*)"
)


def _noun_of_named(text: str) -> AskedNoun | None:
    """The noun whose own name is asked for."""
    for pattern, kinds in (
        (_HAD_TITLE, frozenset({Kind.TITLE})),
        (_KNOWN_AS, _ALSO_KNOWN),
        (_GIVEN_TO, _NAMED_BY_NOUN),
    ):
        found = pattern.search(text)
        if found is not None:
            named = next(part for part in found.groups() if part is not None)
            noun = _noun_phrase(_TOKEN.findall(named), raw=False)
            if noun is not None and noun.kind is not None and noun.kind.name in kinds:
                return noun
    return None


def _noun_of_noun(tokens: Sequence[str], place: int) -> AskedNoun | None:
    """The noun after "type of" or "name of the"; the word itself where none follows."""
    rest = tokens[place + 1 :]
    if rest[:1] == ["of"] and tokens[place] != "part":
        inner = _noun_after_copula([t for t in rest[1:] if t not in _ARTICLES])
        if inner is not None:
            return inner
    brand = tokens[place] if tokens[place] in ("make", "brand", "chain") else None
    return AskedNoun(tokens[place], kind=_NOUNS.get(brand) if brand else None)


def _end_of_run(
    tokens: Sequence[str], place: int, length: int, kind: AnswerKind, modifiers: list[str]
) -> AskedNoun:
    while True:
        after = place + length
        next_length, next_kind = _longest_noun(tokens, after)
        if next_kind is None or tokens[after] in _MAYBE_VERBS:
            plural = tokens[after - 1] != _singular(tokens[after - 1])
            if not plural and _is_longer_compound(tokens[after : after + 2]):
                return AskedNoun(tokens[after], (*modifiers, *tokens[place:after]))
            noun = " ".join([*tokens[place : after - 1], _singular(tokens[after - 1])])
            return AskedNoun(noun, tuple(modifiers), kind)
        modifiers.extend(tokens[place:after])
        place, length, kind = after, next_length, next_kind


# Verbs that may follow a noun and do not look like verbs.
_PAST_TENSES = _words(
    "won wrote sang lost ran led came began fell sank gave took went met flew beat left fought sold"
    " built stood lay rose saw grew held got drew shot died spent cut set hit put broke drove sent"
    " swam wore fed kept rode struck chose lent spoke bought brought taught caught found lie have"
    " flow run live begin belong border produce contain"
)


_NOT_NOUNS = _STOPS | _PAST_TENSES | _MAYBE_VERBS | {"the", "a", "'s"}


def _is_described(tokens: Sequence[str], place: int) -> bool:
    """Whether a noun only describes another: "which 19th *century* poet", "*award* winning"."""
    timed = tokens[place] in ("century", "year", "month", "day")
    counted = timed and place > 0 and tokens[place - 1][0].isdigit()
    following = tokens[place + 1 : place + 3]
    rolling = tokens[place] == "rock" and following[1:] == ["roll"]
    return counted or rolling or following[:1] == ["winning"]


def _is_longer_compound(following: Sequence[str]) -> bool:
    """Whether one more noun follows the known one, as in "which metal *process* is"."""
    if not following or following[0] in _NOT_NOUNS:
        return False
    verb_like = following[0].endswith(("ed", "s", "ly", "ing")) and not following[0].endswith("ss")
    verb_like = verb_like or following[0][0].isdigit()
    return not verb_like and (len(following) == 1 or following[1] in _STOPS)


def _longest_noun(tokens: Sequence[str], place: int) -> tuple[int, AnswerKind | None]:
    if place >= len(tokens):
        return 0, None
    longest = _LONGEST_NOUN.get(tokens[place], 1)
    for length in range(min(longest, len(tokens) - place), 0, -1):
        kind = _lexical(tokens[place : place + length])
        if kind is not None:
            return length, kind
    return 0, None


def _lexical(tokens: Sequence[str]) -> AnswerKind | None:
    if not tokens:
        return None
    phrase = " ".join(tokens)
    if len(tokens) > 1 and tokens[-1] in _MAYBE_VERBS:
        return _NOUNS.get(phrase)
    return _NOUNS.get(phrase) or _NOUNS.get(" ".join([*tokens[:-1], _singular(tokens[-1])]))


def _singular(noun: str) -> str:
    if noun.endswith("ies") and len(noun) > 4 and noun not in ("series", "species"):
        return noun[:-3] + "y"
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is", "series", "species")):
        return noun[:-1]
    return noun


def answer_kind(question: str, answer: str, aliases: Sequence[str]) -> AnswerKind:
    """The kind of the answer, as finely as question, answer and aliases tell.

    A noun that is in no table becomes the subkind of a `thing` ("which treaty's clause ..." ->
    `clause`), so that questions about the same unknown noun still find each other.

    >>> answer_kind("In which year did the first tram run there?", "1885", ["1885"]).name.value
    'year'
    """
    text = plain_question(question)
    noun = asked_noun(question)
    numeric = _numeric_kind(text, noun, answer, aliases)
    if numeric is not None:
        return numeric
    asked = _asked_kind(text, noun)
    if asked is None:
        return _kind_of_answer_alone(noun, answer, aliases)
    if asked.name in _NEVER_TURNED and _has_turned_name(aliases):
        return AnswerKind(Kind.THING)
    if asked == _US_STATE and answer.casefold() not in _STATE_NAMES:
        elsewhere = noun is not None and noun.noun == "state"
        return AnswerKind(Kind.PLACE, "province") if elsewhere else AnswerKind(Kind.THING)
    if asked == asked.general():
        return _finer_kind(asked, answer, aliases)
    return asked


def _kind_of_answer_alone(
    noun: AskedNoun | None, answer: str, aliases: Sequence[str]
) -> AnswerKind:
    """The kind where the question does not tell it: by what answer and aliases say of themselves.

    Such a kind is not `sure`: "gold" may be a colour or a metal.
    """
    closed = _CLOSED.get(answer.casefold())
    if closed is not None:
        return replace(closed, sure=False)
    if _has_turned_name(aliases) and (noun is None or noun.noun == "name"):
        return AnswerKind(Kind.PERSON, sure=False)
    known = _kind_by_last_word(answer) or kind_from_aliases(aliases, least=_least(aliases))
    if known is not None and known.name is not Kind.TITLE:
        return replace(known, sure=False)
    return AnswerKind(Kind.THING, noun.noun if noun else None)


def _finer_kind(asked: AnswerKind, answer: str, aliases: Sequence[str]) -> AnswerKind:
    """A general kind made finer by what answer and aliases say, where that agrees with it."""
    closed = _CLOSED.get(answer.casefold())
    if closed is not None and closed.name is asked.name:
        return closed
    if asked.name is Kind.PLACE:
        if _is_like_settlement(answer, aliases):
            return AnswerKind(Kind.PLACE, "settlement", sure=False)
        shaped = _kind_by_last_word(answer)
        if shaped is not None and shaped.name is Kind.PLACE:
            return shaped
    known = kind_from_aliases(aliases, least=_least(aliases))
    return known if known is not None and known.name in _WHO_ELSE[asked.name] else asked


def _least(aliases: Sequence[str]) -> int:
    """How many aliases must tell a kind: one among many often tells of a namesake."""
    return 1 if len(aliases) < 6 else 2


_LOCATED = regex.compile(
    rf"^[\p{{L}}' -]+, (?:{'|'.join([*_CONTINENT_OF, *sorted(_STATE_NAMES)])})$", regex.IGNORECASE
)


_KNOWN_BY_LAST_WORD = frozenset(
    {Kind.DISEASE, Kind.DRINK, Kind.EVENT, Kind.FOOD, Kind.PLACE, Kind.ANIMAL, Kind.PLANT}
)
_ENDINGS = (
    (AnswerKind(Kind.SCIENCE), ("ology", "onomy", "ography", "nomics")),
    (AnswerKind(Kind.DISEASE, "phobia"), ("phobia",)),
    (AnswerKind(Kind.DISEASE), ("itis",)),
)


_ONE_NAME = regex.compile(r"\p{Lu}\p{Ll}{3,}")


def _is_like_settlement(answer: str, aliases: Sequence[str]) -> bool:
    """Whether "Where ...?" is answered by a town: "X, Kenya" among the aliases, or one name."""
    if answer.casefold() in _CLOSED or is_class_word(answer):
        return False
    located = any(_LOCATED.search(alias) for alias in aliases)
    return located or _ONE_NAME.fullmatch(answer) is not None


_HONORIFICS = _words("mr mrs ms miss dr sir dame lord lady captain major colonel admiral inspector")
_FIRST_WORDS = _words("lake mount river battle loch cape gulf treaty siege")


def _kind_by_last_word(answer: str) -> AnswerKind | None:
    """What an answer says of itself: "Nubian Desert", "Battle of Hastings", "Ornithology"."""
    words = answer.casefold().split()
    if not words:
        return None
    if len(words) > 1 and words[0].rstrip(".") in _HONORIFICS:
        return AnswerKind(Kind.PERSON, sure=False)
    for kind, endings in _ENDINGS:
        if words[-1].endswith(endings):
            return kind
    if len(words) < 2:
        return None
    word = words[0] if words[0] in _FIRST_WORDS else words[-1]
    kind_of_word = _lexical([word])
    if kind_of_word is None or kind_of_word.name not in _KNOWN_BY_LAST_WORD:
        return None
    # "Billie Holiday" is no holiday, "Battle of Cannae" is a battle.
    return None if kind_of_word == AnswerKind(Kind.EVENT) else kind_of_word


_NEVER_TURNED = frozenset({Kind.EVENT, Kind.SPORT, Kind.TITLE})


def _has_turned_name(aliases: Sequence[str]) -> bool:
    """Whether a name is there both ways, "Ada Lovelace" and "Lovelace, Ada": a person's."""
    names = frozenset(aliases)
    turned = (name.split(", ") for name in names if name.count(", ") == 1)
    return any(
        last.istitle() and first.istitle() and first != "The" and f"{first} {last}" in names
        for last, first in turned
        if last.casefold() not in _CLOSED
    )


# "Who won the cup?" may be answered by a team, "Where ...?" by any kind of place.
_WHO_ELSE: dict[Kind, frozenset[Kind]] = {kind: frozenset() for kind in Kind} | {
    Kind.PERSON: frozenset({Kind.PERSON, Kind.TEAM, Kind.ORGANISATION}),
    Kind.PLACE: frozenset({Kind.PLACE}),
}


def _asked_kind(text: str, noun: AskedNoun | None) -> AnswerKind | None:
    """What the question word and its noun ask for, whatever the answer looks like."""
    if noun is not None and noun.kind is not None:
        return _kind_of_noun(text, noun, noun.kind)
    asking = _asking_sentence(text)
    word = _ASKING_WORD.search(asking)
    if word is not None and word[0].startswith("who"):
        return _who(text)
    known = next((kind for kind, pattern in _ASKED_WITHOUT_NOUN if pattern.search(text)), None)
    return known or (AnswerKind(Kind.PLACE) if _WHERE.search(asking) else None)


def _kind_of_noun(text: str, noun: AskedNoun, kind: AnswerKind) -> AnswerKind | None:
    """The kind of the noun, or None where the question shows that the noun means another thing."""
    if kind == AnswerKind(Kind.PERSON, "person"):
        of_family = noun.noun == "member" and _FAMILY.search(text)
        return None if of_family else _who(text)
    spelling = kind.name is Kind.LETTER and _LETTERS_COUNTED.search(text)
    crowd = noun.noun in _ANY_GROUP and not _MUSIC.search(text)
    numeric = kind.name in _NUMERIC_NOUNS - {Kind.DAY}
    return None if spelling or crowd or numeric else kind


_FAMILY = regex.compile(r"(?<!royal) family\b")
_LETTERS_COUNTED = regex.compile(r"letter word|-letter\b")
_WHERE = regex.compile(r"(?:^|[,.;] |\bin |\bfrom )where\b")
_BODY = regex.compile(r"\bwhere (?:in|on) (?:the|your|a|one's) (?:human )?body\b")
_FEAR = regex.compile(r"phobia\b.*\bfear\b|\bfear\b.*phobi|\bphobic\b.*\bfear\b")
_STUDY = regex.compile(
    r"\bstudy of what\b|\bwhat (?:does|do|is|would) .{0,40}\bstud(?:y|ied)\b"
    r"|(?:ology|ography) is the study of\b"
)
_ASKED_WITHOUT_NOUN = (
    (AnswerKind(Kind.BODY_PART), _BODY),
    (AnswerKind(Kind.FEAR), _FEAR),
    (AnswerKind(Kind.SCIENCE, "object"), _STUDY),
)
_ANY_GROUP = _words("group act")
_MUSIC = regex.compile(
    r"\b(?:pop|rock|vocal|album|hits?|songs?|single|band|music\w*|singers?|charts?|record\w*|sang"
    r"|guitar\w*|drummer|bass|no ?1|number one|lead|eurovision|folk|punk|concert)\b"
)


_ASKED = regex.compile(r"\b(?:whom?|whose|which|what|name)\b")


def _who(text: str) -> AnswerKind:
    after = _ASKED.split(text, maxsplit=1)[-1]
    roles = [role for role, words in _WORLD_PATTERNS if words.search(text)]
    roles += [role for role, deed in _DEED_PATTERNS if deed.search(after)]
    if roles:
        return AnswerKind(Kind.PERSON, roles[0])
    role = next((role for role, words in _SETTING_PATTERNS if words.search(text)), None)
    return AnswerKind(Kind.PERSON, role, sure=False)


def kind_from_aliases(aliases: Sequence[str], least: int = 1) -> AnswerKind | None:
    """What at least so many brackets and set phrases in the aliases say: "Peru (country)"."""
    kind, count = _counted_by_aliases(tuple(aliases))
    return kind if count >= least else None


@lru_cache(maxsize=1 << 15)
def _counted_by_aliases(aliases: tuple[str, ...]) -> tuple[AnswerKind | None, int]:
    """The kind that most of them tell, and how many do."""
    votes: Counter[AnswerKind] = Counter()
    for alias in aliases:
        bracket = _ALIAS_BRACKET.search(alias) if ")" in alias else None
        if bracket is not None:
            kind = _lexical(bracket[1].split()) or _CLOSED.get(bracket[1])
            votes.update([kind] if kind else [])
        if _ANY_ALIAS_MARK.search(alias):
            votes.update(kind for kind, mark in _ALIAS_MARKS if mark.search(alias))
    return min(votes.items(), key=lambda vote: (-vote[1], str(vote[0])), default=(None, 0))


def _numeric_kind(
    text: str, noun: AskedNoun | None, answer: str, aliases: Sequence[str]
) -> AnswerKind | None:
    """The kind of an answer in figures; None where it is not one or a title is asked for."""
    asked = noun.kind if noun else None
    if asked is not None and asked.name not in _NUMERIC_NOUNS | {Kind.LETTER}:
        return None
    word = _ASKING_WORD.search(_asking_sentence(text))
    if asked is None and word is not None and word[0].startswith("who"):
        return None
    spellings = [answer, *aliases]
    if _YEAR.fullmatch(answer) and not _HOW_MUCH.search(text) and not _HOW_MEASURED.search(text):
        return AnswerKind(Kind.YEAR)
    if _DECADE.fullmatch(answer):
        return AnswerKind(Kind.PERIOD, "decade")
    if asked == AnswerKind(Kind.PERIOD, "century") and _CENTURY.fullmatch(answer):
        return AnswerKind(Kind.PERIOD, "century")
    if _DATE.search(answer):
        return AnswerKind(Kind.DATE)
    if _PERCENT.search(answer):
        return AnswerKind(Kind.PERCENTAGE)
    if _MONEY.search(answer):
        return AnswerKind(Kind.MONEY)
    if any(number_in(spelling) is not None for spelling in spellings):
        return AnswerKind(Kind.NUMBER, "measured" if _HOW_MEASURED.search(text) else None)
    if _DIGITS.match(answer) and len(_DIGITS.findall(answer)) == 1:
        return AnswerKind(Kind.MEASURE)
    return None
