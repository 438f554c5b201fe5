"""The countries of the small world: facts, one country a row.

Capitals that would need a space were left out (so no Mexico City), and so were capitals that two states dispute.
Dishes and given names are typical ones, spelt without accents. "Delhi" stands for New Delhi, as people say.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

# name, capital, adjective, language, currency, continent, river
_STATES = """\
France      Paris       French      French     euro     Europe        Seine
Italy       Rome        Italian     Italian    euro     Europe        Tiber
Spain       Madrid      Spanish     Spanish    euro     Europe        Ebro
Portugal    Lisbon      Portuguese  Portuguese euro     Europe        Tagus
Germany     Berlin      German      German     euro     Europe        Spree
Austria     Vienna      Austrian    German     euro     Europe        Danube
Switzerland Bern        Swiss       German     franc    Europe        Aare
England     London      English     English    pound    Europe        Thames
Ireland     Dublin      Irish       English    euro     Europe        Liffey
Sweden      Stockholm   Swedish     Swedish    krona    Europe        Klaralven
Norway      Oslo        Norwegian   Norwegian  krone    Europe        Glomma
Denmark     Copenhagen  Danish      Danish     krone    Europe        Gudena
Finland     Helsinki    Finnish     Finnish    euro     Europe        Kemijoki
Poland      Warsaw      Polish      Polish     zloty    Europe        Vistula
Hungary     Budapest    Hungarian   Hungarian  forint   Europe        Tisza
Romania     Bucharest   Romanian    Romanian   leu      Europe        Olt
Albania     Tirana      Albanian    Albanian   lek      Europe        Drin
Greece      Athens      Greek       Greek      euro     Europe        Haliacmon
Russia      Moscow      Russian     Russian    rouble   Europe        Volga
Ukraine     Kyiv        Ukrainian   Ukrainian  hryvnia  Europe        Dnieper
Czechia     Prague      Czech       Czech      koruna   Europe        Vltava
Turkey      Ankara      Turkish     Turkish    lira     Asia          Kizilirmak
India       Delhi       Indian      Hindi      rupee    Asia          Ganges
China       Beijing     Chinese     Mandarin   yuan     Asia          Yangtze
Japan       Tokyo       Japanese    Japanese   yen      Asia          Shinano
Thailand    Bangkok     Thai        Thai       baht     Asia          Ping
Vietnam     Hanoi       Vietnamese  Vietnamese dong     Asia          Mekong
Mongolia    Ulaanbaatar Mongolian   Mongolian  tugrik   Asia          Orkhon
Iran        Tehran      Iranian     Persian    rial     Asia          Karun
Bangladesh  Dhaka       Bangladeshi Bengali    taka     Asia          Padma
Indonesia   Jakarta     Indonesian  Indonesian rupiah   Asia          Kapuas
Egypt       Cairo       Egyptian    Arabic     pound    Africa        Nile
Morocco     Rabat       Moroccan    Arabic     dirham   Africa        Draa
Nigeria     Abuja       Nigerian    English    naira    Africa        Niger
Ghana       Accra       Ghanaian    English    cedi     Africa        Volta
Kenya       Nairobi     Kenyan      Swahili    shilling Africa        Tana
Zambia      Lusaka      Zambian     English    kwacha   Africa        Zambezi
Canada      Ottawa      Canadian    English    dollar   North_America Mackenzie
Cuba        Havana      Cuban       Spanish    peso     North_America Cauto
Peru        Lima        Peruvian    Spanish    sol      South_America Ucayali
Chile       Santiago    Chilean     Spanish    peso     South_America Maipo
Brazil      Brasilia    Brazilian   Portuguese real     South_America Amazon
Colombia    Bogota      Colombian   Spanish    peso     South_America Magdalena
Australia   Canberra    Australian  English    dollar   Oceania       Murray"""

# name, another city, region, product, two dishes, two boys, two girls
_LIFE = """\
France      Lyon         Provence     wine     baguette   ratatouille Pierre  Antoine   Marie     Sophie
Italy       Milan        Tuscany      olives   risotto    lasagne     Marco   Giovanni  Giulia    Francesca
Spain       Barcelona    Andalusia    oranges  paella     gazpacho    Pablo   Javier    Carmen    Lucia
Portugal    Porto        Algarve      cork     bacalhau   francesinha Tiago   Rui       Ines      Beatriz
Germany     Munich       Bavaria      cars     bratwurst  sauerkraut  Hans    Klaus     Greta     Heidi
Austria     Salzburg     Tyrol        music    schnitzel  strudel     Franz   Johann    Liesl     Anneliese
Switzerland Geneva       Engadine     watches  fondue     muesli      Urs     Reto      Regula    Vreni
England     Manchester   Cornwall     tea      crumpet    scone       Harry   George    Emily     Charlotte
Ireland     Galway       Connemara    butter   colcannon  boxty       Sean    Patrick   Siobhan   Aoife
Sweden      Gothenburg   Dalarna      timber   gravlax    semla       Lars    Sven      Astrid    Ingrid
Norway      Bergen       Lofoten      salmon   brunost    lutefisk    Olav    Knut      Solveig   Sigrid
Denmark     Aarhus       Jutland      bacon    smorrebrod frikadeller Soren   Jens      Mette     Kirsten
Finland     Tampere      Lapland      paper    kalakukko  leipajuusto Mikko   Jukka     Aino      Helmi
Poland      Krakow       Masuria      amber    pierogi    bigos       Piotr   Wojciech  Agnieszka Kasia
Hungary     Debrecen     Balaton      paprika  goulash    langos      Laszlo  Zoltan    Ilona     Eszter
Romania     Cluj         Transylvania maize    sarmale    mamaliga    Mircea  Radu      Ioana     Andreea
Albania     Durres       Butrint      figs     byrek      fergese     Agim    Besnik    Drita     Vjosa
Greece      Thessaloniki Crete        olives   moussaka   souvlaki    Yannis  Nikos     Eleni     Katerina
Russia      Kazan        Siberia      furs     pelmeni    blini       Ivan    Dmitri    Olga      Svetlana
Ukraine     Lviv         Bukovina     wheat    borscht    varenyky    Taras   Bohdan    Oksana    Halyna
Czechia     Brno         Moravia      crystal  knedliky   svickova    Jiri    Vaclav    Zdenka    Jitka
Turkey      Istanbul     Cappadocia   carpets  kebab      baklava     Mehmet  Emre      Ayse      Elif
India       Mumbai       Rajasthan    spices   curry      samosa      Rahul   Arjun     Priya     Lakshmi
China       Shanghai     Sichuan      silk     tofu       congee      Wei     Jun       Mei       Xiu
Japan       Osaka        Hokkaido     robots   sushi      ramen       Kenji   Hiroshi   Yuki      Keiko
Thailand    Phuket       Isan         rice     larb       massaman    Somchai Anan      Malee     Ploy
Vietnam     Haiphong     Sapa         coffee   pho        nem         Minh    Tuan      Linh      Huong
Mongolia    Erdenet      Gobi         cashmere buuz       khorkhog    Bataar  Ganbold   Sarnai    Oyuna
Iran        Isfahan      Khorasan     saffron  fesenjan   tahdig      Reza    Dariush   Yasmin    Shirin
Bangladesh  Chittagong   Sylhet       jute     hilsa      bhorta      Karim   Rafiq     Ayesha    Nasrin
Indonesia   Bandung      Bali         cloves   rendang    satay       Budi    Agus      Dewi      Siti
Egypt       Alexandria   Sinai        cotton   koshari    molokhia    Ahmed   Mahmoud   Fatma     Samira
Morocco     Casablanca   Rif          leather  tagine     couscous    Youssef Hamid     Khadija   Zineb
Nigeria     Lagos        Calabar      oil      egusi      suya        Emeka   Chidi     Ngozi     Amara
Ghana       Kumasi       Ashanti      cocoa    waakye     kenkey      Kwame   Kofi      Ama       Akosua
Kenya       Mombasa      Amboseli     tea      ugali      githeri     Kamau   Otieno    Wanjiru   Achieng
Zambia      Ndola        Kafue        copper   nshima     ifisashi    Mulenga Musonda   Mutinta   Chipo
Canada      Toronto      Quebec       maple    poutine    bannock     Ethan   Connor    Chloe     Megan
Cuba        Camaguey     Varadero     sugar    picadillo  tostones    Yoel    Raul      Yanet     Odalys
Peru        Arequipa     Nazca        potatoes ceviche    causa       Amaru   Inti      Nayra     Killa
Chile       Valparaiso   Atacama      grapes   curanto    cazuela     Ignacio Cristobal Javiera   Antonia
Brazil      Recife       Bahia        coffee   feijoada   moqueca     Ronaldo Thiago    Juliana   Fernanda
Colombia    Medellin     Cauca        emeralds ajiaco     arepa       Camilo  Andres    Valentina Paola
Australia   Sydney       Tasmania     wool     lamington  pavlova     Jack    Lachlan   Matilda   Kylie"""


@dataclass(frozen=True)
class Country:
    """One country: names in their usual case; `boys` and `girls` are given names, `region` a part to travel to."""

    name: str
    capital: str
    adjective: str
    language: str
    currency: str
    continent: str
    river: str
    city: str
    region: str
    product: str
    foods: tuple[str, str]
    boys: tuple[str, str]
    girls: tuple[str, str]


@functools.cache
def countries() -> tuple[Country, ...]:
    """The 44 countries, in the table's order."""
    found = []
    for state, life in zip(_STATES.split("\n"), _LIFE.split("\n"), strict=True):
        name, *facts = [word.replace("_", " ") for word in state.split()]
        same_name, city, region, product, *rest = life.split()
        if name != same_name:
            raise ValueError(f"the rows of {name} and {same_name} stand in different places of the two tables")
        found.append(Country(name, *facts, city, region, product, tuple(rest[:2]), tuple(rest[2:4]), tuple(rest[4:])))
    return tuple(found)
