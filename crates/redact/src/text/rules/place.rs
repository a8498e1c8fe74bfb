//! Postal addresses by their shapes in the countries of the seven languages.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::rule::{Hit, Rule, whole};
use crate::text::rules::gate::Gate;
use crate::text::rules::words;

const fn address(
    name: &'static str,
    gate: Gate,
    pattern: &'static str,
    finds: &'static [&'static str],
    passes: &'static [&'static str],
) -> Rule {
    Rule::new(name, FindingKind::Address, gate, pattern, finds, passes)
}

/// Ends of streets in German and Dutch, before a house number.
const STREET_ENDS: &[&str] = &[
    "straße #",
    "strasse #",
    "str. #",
    "weg #",
    "platz #",
    "allee #",
    "gasse #",
    "ring #",
    "damm #",
    "ufer #",
    "chaussee #",
    "promenade #",
    "stieg #",
    "pfad #",
    "steig #",
    "markt #",
    "graben #",
    "winkel #",
    "straat #",
    "laan #",
    "plein #",
    "gracht #",
    "kade #",
    "dijk #",
    "singel #",
    "dreef #",
    "steeg #",
    "hof #",
    "baan #",
    "lei #",
    "wall #",
    "berg #",
    "str #",
];

/// Words that open streets in French, Spanish, Italian and Portuguese.
const STREET_BEGINS: &[&str] = &[
    "|rue ",
    "|avenue ",
    "|av. ",
    "|boulevard ",
    "|bd ",
    "|place ",
    "|chemin ",
    "|allée ",
    "|impasse ",
    "|quai ",
    "|cours ",
    "|route de",
    "|square ",
    "|calle ",
    "|c/ ",
    "|c. ",
    "|avenida ",
    "|avda. ",
    "|avda ",
    "|paseo ",
    "|plaza ",
    "|camino ",
    "|carretera ",
    "|ronda ",
    "|travesía ",
    "|glorieta ",
    "|callejón ",
    "|pasaje ",
    "|vial ",
    "|rambla ",
    "|urbanización ",
    "|via ",
    "|viale ",
    "|piazza ",
    "|corso ",
    "|vicolo ",
    "|largo ",
    "|strada ",
    "|lungomare ",
    "|contrada ",
    "|piazzale ",
    "|rua ",
    "|travessa ",
    "|praça ",
    "|estrada ",
    "|alameda ",
    "|r. ",
    "|tv. ",
    "|rodovia ",
    "|beco ",
    "|borgo ",
    "|rotonda ",
    "|incrocio ",
    "|stretto ",
    "|canale ",
];

pub(crate) const RULES: &[Rule] = &[
    address(
        "address.number_street",
        Gate::Number,
        r"\b\d{1,6}[A-Za-z]?(?:<sp>?[/\-]<sp>?\d{1,4}[A-Za-z]?)?,?<sp>(?:(?:<upper><inname>*|\d{1,3}(?:st|nd|rd|th))<sp>){0,5}<upper><inname>*(?:,?<sp>(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Rm|No|#)\.?<sp>?#?[0-9A-Za-z\-]{1,6})?",
        &["ship to {42 Old Mill Road}, please", "{221B Baker Street}", "{1600 Amphitheatre Pkwy, Suite 4}", "{48764 Howard Forge Apt. 421}", "{123 N. 5th St.}", "{7 The Green Street} fair"],
        &["the road to 42", "12 Ways", "3 Main points", "2024 Annual Summit report", "10 Best Way"],
    )
    .checked(number_street),
    address(
        "address.named_street",
        Gate::At(&["|flat #", "|apt #", "|apt. #", "|unit #", "|suite #", "|apartment #", "|studio #"]),
        r"(?i:flat|apt\.?|unit|suite|apartment|studio)<sp>\d{1,5}[A-Za-z]?,?<sp>(?:\d{1,5}[A-Za-z]?<sp>)?(?:[A-Z][A-Za-z'’\-]{1,20}<sp>){1,3}(?:Road|Street|Lane|Avenue|Close|Court|House|Drive|Way|Gardens|Place|Terrace|Square|Mews|Park|Hill|Grove|Row|Walk|Green|Crescent|St|Rd)\b",
        &["{Flat 3, 12 Elm Grove}", "{Flat 4 Rose Court}"],
        &["flat 3 percent", "unit 4 Tests"],
    ),
    address(
        "address.street_number",
        Gate::Near(STREET_ENDS),
        r"(?:[A-ZÄÖÜ][a-zäöüß.\-]+<sp>){0,2}[A-ZÄÖÜ]<letter>*(?:[\-.][A-ZÄÖÜ]?<letter>+){0,3}(?:<sp>?-?(?i:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|damm|ufer|chaussee|promenade|stieg|pfad|steig|markt|graben|winkel|straat|laan|plein|gracht|kade|dijk|singel|dreef|steeg|hof|baan|lei|wall|berg))<sp>\d{1,4}(?:<sp>?[a-zA-Z]\b)?(?:<sp>?[/\-]<sp>?\d{1,4}[a-zA-Z]?)?\b",
        &["wohnt {Lindenstraße 12a} in", "{Kerkstraat 7}", "{Große Bergstr. 101}", "{Prinsengracht 263}", "{Karl-Marx-Allee 3}", "am {Hegelring 4}"],
        &["unterwegs 3", "spring 2024", "ring 2", "String 5", "during 2024", "Monitoring 24", "string 1 of 2", "Engineering 101", "The String 3"],
    )
    .checked(street_number),
    address(
        "address.preposition_street",
        Gate::At(&["|am ", "|im ", "|an der ", "|in der ", "|auf dem ", "|auf der ", "|zum ", "|zur ", "|unter den ", "|unter der ", "|hinter der ", "|vor dem "]),
        r"(?:Am|Im|An der|In der|Auf dem|Auf der|Zum|Zur|Unter den|Unter der|Hinter der|Vor dem)<sp>[A-ZÄÖÜ][a-zäöüß]{2,20}(?:<sp>[A-ZÄÖÜ][a-zäöüß]{2,20})?<sp>\d{1,3}<sp>?[a-z]?,<sp>\d{5}\b",
        &["{Am Stadtpark 12, 90409} Nürnberg"],
        &["Am Montag 12, 2024", "Im Jahr 2024"],
    ),
    address(
        "address.romance_street",
        Gate::At(STREET_BEGINS),
        r"(?i:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|cours|route|square|calle|c/|c\.|avenida|avda\.?|paseo|plaza|camino|carretera|ronda|travesía|glorieta|callejón|pasaje|vial|rambla|urbanización|via|viale|piazza|corso|vicolo|largo|strada|lungomare|contrada|piazzale|rua|travessa|praça|estrada|alameda|r\.|tv\.|rodovia|beco|borgo|rotonda|incrocio|stretto|canale)<sp>(?:(?i:de la|de los|de las|de|du|des|la|le|les|del|della|dei|delle|degli|das|dos|da|do|di|d'|d’|l'|l’|san|santa|saint)<sp>?){0,3}[A-Z\x{c0}-\x{1fff}]<inname>{1,24}(?:<sp>(?:(?:de|da|do|dos|das|del|di|la|y|e|et)<sp>){0,2}[A-Z\x{c0}-\x{1fff}]<inname>{1,24}){0,3}(?:,?<sp>(?:(?:n[º°.o]|no\.|nr\.|num\.|km)<sp>?)?\d{1,5}(?:<sp>?[A-Za-z]\b)?(?:<sp>?/<sp>?[0-9A-Za-z]{1,4})?(?:,?<sp>?\d{1,2}[ºª°][^\s,]{0,3}(?:<sp>(?:Esq|Dto|[A-Z])\b\.?)?)?)?",
        &[
            "au {12 rue de la Paix}, Lyon",
            "{Calle Mayor 5}",
            "{Via Garibaldi, 22}",
            "{Rua das Flores 120}",
            "{Avenida da Liberdade, 110}",
            "{8 bis, avenue Foch}",
            "{C/ Alcalá, 45, 3º B}",
            "{45, boulevard Voltaire}",
        ],
        &["via Teams", "en avenue", "Plaza Mayor", "sent via Outlook", "via HTTP 2", "Via Teams at 10", "sent via Slack 12"],
    )
    .checked(romance),
    address(
        "address.po_box",
        Gate::At(&["p.o.", "|po box", "|p o box", "|postfach", "|postbus", "|casella postale", "|c.p.", "|apartado", "|boîte postale", "|caixa postal", "|b.p.", "|bp #"]),
        r"(?i)(?:p\.?<sp>?o\.?<sp>?box|postfach|postbus|casella postale|apartado(?: de correos| postal)?|boîte postale|caixa postal|b\.p\.|bp)<sp>{1,2}\d{1,6}(?:<sp>\d{2}<sp>\d{2}\b)?\b",
        &["{PO Box 1190}, Leeds", "{Postfach 1044}", "{P.O. Box 7}", "{BP 4021}"],
        &["in box 12", "the box", "apartado 1.2"],
    )
    .checked(no_decimals),
    address(
        "address.military",
        Gate::At(&["|psc ", "|cmr ", "|unit #", "|apo ", "|fpo ", "|dpo ", "|apo,", "|fpo,", "|dpo,", "|usns ", "|uss ", "|usnv ", "|usnv ", "|uscgc "]),
        r"(?:(?:PSC|CMR|Unit)<sp>\d{3,5},?<sp>Box<sp>\d{2,5}|(?:APO|FPO|DPO),?<sp>A[AEP]<sp>\d{5}(?:-\d{4})?|US(?:NS|NV|S|CGC)<sp>[A-Z][a-z]{2,16})\b",
        &["{PSC 1234, Box 5678}", "{FPO AE 29342}", "{USNV Henderson}", "{Unit 7738 Box 4455}"],
        &["unit 12 of 40", "APO server", "USS is late"],
    ),
    address(
        "address.uk_postcode",
        Gate::Number,
        r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b",
        &["London {SW1A 2AA}", "{M1 1AE}", "{EC1V9HX}"],
        &["A1 2bc", "WD40", "P4 2GB", "X1 4TB", "RX5 2DP", "B2 2GB"],
    )
    .checked(uk_postcode),
    address("address.ca_postcode", Gate::Number, r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d\b", &["Ottawa, ON {K1A 0B1}"], &["K1A-0B1", "Z1A 0B1"]),
    address(
        "address.us_state_zip",
        Gate::Number,
        r"\b\d{5}(?:-\d{4})?\b",
        &["in {Springfield, IL 62704}", "{NY 10001-1234}", "{San Jose, CA 95112}", "{Lake Michelle, New Jersey 07001}"],
        &["XX 12345", "id 12345", "IN 12345 ms", "OR 10001 rows", "ID 62704", "ON 12345"],
    )
    .checked(us_zip),
    address(
        "address.postcode_town",
        Gate::Number,
        r"\b(?:\d{5}|\d{4}(?:<sp>[A-Z]{2})?|\d{4}-\d{3}|\d{2}-\d{3}|\d{5}-\d{3})<sp><upper><town>+(?:(?:<sp>(?:am|an|der|a|d|la|le|les|sur|de|del|di|do|da|en|in|im|bei|ob|aan|den)){0,2}<sp><upper><town>+){0,2}",
        &[
            "Lindenweg, {10115 Berlin}",
            "{75002 Paris}",
            "{1012 AB Amsterdam}",
            "{1250-096 Lisboa}",
            "{D-60311 Frankfurt am Main}",
            "Gasse 3, {1010 Wien}",
            "Via Roma 3, {00184 Roma}",
            "in {80331 München} gemeldet",
        ],
        &["about 10000 Euro", "order 12345 Items", "2024 Annual", "In May, 2024 Annual reports", "12345 Started process 7", "10000 Euro", "45000 Mitarbeiter", "error 10061 No connection", "1500 MB Free"],
    )
    .checked(postcode_town),
    address(
        "address.postcode_word",
        Gate::At(&["|plz", "|postleitzahl", "|code postal", "|código postal", "|codigo postal", "|cap:", "|c.a.p.", "|postcode", "|zip code", "|zipcode", "|zip:", "|cep:", "|cep ", "|post code", "|postal code"]),
        r"(?i)(?:plz|postleitzahl|code postal|código postal|codigo postal|cap|c\.a\.p\.|postcode|post code|postal code|zip ?code|zip|cep)<sp>{0,2}(?:is<sp>|[:=]<sp>{0,3}|<sp>)(?:[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}|\d{5}-?\d{3,4}|\d{4}-\d{3}|\d{5}|\d{4}<sp>?[A-Z]{2}|\d{4})\b",
        &["PLZ: {10115}", "ZIP code {62704}", "CEP: {01310-100}", "postcode {1012 AB}"],
        &["zip: 3", "postcode lookup", "cap 12"],
    )
    .checked(from_digit_or_code),
    address(
        "address.labelled",
        Gate::At(&["|address:", "|adresse:", "|adresse :", "|anschrift:", "|wohnanschrift", "|dirección:", "|domicilio:", "|indirizzo:", "|adres:", "|endereço:", "|morada:", "|residenza:", "|domicile :", "|lives at ", "|wohnhaft in ", "|wohnhaft: ", "|residing at ", "|resides at ", "|demeurant ", "|domiciliad", "|residente in ", "|street:", "|straße:", "|rue :", "|home address", "|billing address", "|shipping address", "|lieferadresse", "|rechnungsadresse"]),
        r"(?i)<letter>[<letter>]{2,20}(?:<sp>(?:at|in|à|au|address|en|:))?<sp>?:?<sp>{1,4}[^\n\t|<>{}\x22]{6,120}",
        &["Address: {12 High St, Leeds}", "Anschrift: {Hinter dem Dom 3, Köln}", "Lives at {4 The Larches, York}", "Indirizzo: {Piazza 3, Roma}"],
        &["Address: none", "IP address: 10.0.0.1", "Email address: yes", "address: 0x7fff1234", "MAC address: unknown", "Address: Enter your address", "address: 127.0.0.1:8080"],
    )
    .checked(labelled),
];

/// To the last word that ends a street, and the flat behind it.
fn number_street(hit: &Hit<'_>) -> Option<Range<usize>> {
    // Ends of streets that are ordinary words as well need a long number, a flat or a town beside them.
    const SURE: &[&str] = &[
        "Street",
        "St",
        "Avenue",
        "Ave",
        "Road",
        "Rd",
        "Boulevard",
        "Blvd",
        "Lane",
        "Ln",
        "Drive",
        "Dr",
        "Court",
        "Ct",
        "Terrace",
        "Parkway",
        "Pkwy",
        "Highway",
        "Hwy",
        "Close",
        "Crescent",
        "Mews",
        "Cres",
        "Gardens",
        "Grove",
        "Square",
        "Alley",
        "Turnpike",
    ];
    let text = hit.text();
    let number = text.find([' ', '\u{a0}', '\t', '\u{202f}'])?;
    let (mut end, mut sure, mut at, mut words) = (0, false, number, 0);
    for word in text.get(number..)?.split([' ', '\u{a0}', '\t', '\u{202f}']) {
        let after = at + word.len();
        let bare = word.trim_end_matches(['.', ',']);
        let is_end = words > 1 && words::STREET_ENDS.contains(bare);
        if is_end {
            end = if word.ends_with(',') { at + bare.len() } else { after };
            sure |= SURE.contains(&bare);
        }
        words += 1;
        at = after + text.get(after..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
    if end == 0 {
        return None;
    }
    let flat = text.get(end..)?.trim_start_matches([',', ' ']);
    let has_flat = ["Apt", "Apartment", "Suite", "Ste", "Unit", "Flat", "Floor", "Room", "Rm", "No", "#"]
        .iter()
        .any(|word| flat.starts_with(word))
        && flat.contains(|c: char| c.is_ascii_digit());
    let end = if has_flat { text.len() } else { end };
    let after = text.get(end..).filter(|rest| !rest.is_empty()).unwrap_or(hit.after());
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let town = after.is_empty()
        || after
            .strip_prefix(", ")
            .or_else(|| after.strip_prefix(' '))
            .is_some_and(|rest| rest.starts_with(char::is_uppercase));
    let year = digits == 4 && (text.starts_with("19") || text.starts_with("20"));
    let status = digits == 3 && text.starts_with(['4', '5']);
    let begins_inside = hit.before().ends_with(|c: char| c.is_alphanumeric() || ".-_/:#$€£".contains(c));
    let line_number = hit.before().ends_with('.') || after.starts_with(" of ");
    let placed = sure && (!year || town) || has_flat || town && digits >= 3 && !year && !status;
    (!begins_inside && !line_number && placed).then(|| hit.first(end))
}

/// Words that end like streets and are none.
fn street_number(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let name = text.get(..digit)?.trim_end();
    let last = name.rsplit([' ', '-']).next()?;
    let lower = last.to_lowercase();
    let english_ing = lower.ends_with("ring")
        && !["kring", "hegelring", "stadtring", "nordring", "südring", "ostring", "westring", "ring"]
            .iter()
            .any(|w| lower == *w)
        && (lower.ends_with("ering")
            || lower.ends_with("oring")
            || lower.ends_with("uring")
            || lower.ends_with("string")
            || lower.ends_with("spring")
            || lower.ends_with("aring")
            || lower.ends_with("iring"));
    let other = [
        "string",
        "spring",
        "baseline",
        "bearing",
        "proof",
        "hof",
        "ring",
        "wall",
        "berg",
        "lei",
        "baan",
        "weg",
        "str",
        "markt",
        "firewall",
        "iceberg",
        "drywall",
        "supermarkt",
        "arbeitsmarkt",
        "aktienmarkt",
        "finanzmarkt",
    ]
    .contains(&lower.as_str())
        && name.split(' ').count() == 1;
    let year =
        text.get(digit..).is_some_and(|n| n.len() == 4 && (n.starts_with("19") || n.starts_with("20")));
    let begins_inside = hit.before().ends_with(char::is_alphanumeric);
    // "Straße 4" stands alone in a cell; "Ring 2" and "Weg 3" are too often something else.
    let decimals = hit
        .after()
        .strip_prefix(['.', ',', ':'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if english_ing || other || year || begins_inside || decimals {
        return None;
    }
    let start = without_article(name);
    hit.without_front(start)
}

/// Words before a street that are no part of it.
fn without_article(name: &str) -> usize {
    const BEFORE: &[&str] = &[
        "Die ",
        "Der ",
        "Das ",
        "In ",
        "Am ",
        "Im ",
        "Adresse ",
        "Anschrift ",
        "De ",
        "Het ",
        "Op ",
        "Aan ",
        "Wohnt ",
        "The ",
        "An ",
    ];
    BEFORE
        .iter()
        .find(|word| name.starts_with(**word) && name.len() > word.len() + 6)
        .map_or(0, |word| word.len())
}

/// A house number behind the street, or before it.
fn romance(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let before = hit.before();
    let trimmed = before.trim_end_matches([' ', ',', '\u{a0}']);
    let bis =
        trimmed.strip_suffix("bis").or_else(|| trimmed.strip_suffix("ter")).unwrap_or(trimmed).trim_end();
    let number = bis.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = bis.len() - number.len();
    let apart = before.len() > trimmed.len() && before.len() - trimmed.len() <= 3;
    let house = apart
        && (1..=4).contains(&digits)
        && !number.ends_with(|c: char| c.is_alphanumeric() || ".:-/".contains(c));
    let inner = text.contains(|c: char| c.is_ascii_digit());
    let via_channel = text.to_ascii_lowercase().starts_with("via ")
        && text
            .get(4..)?
            .split([' ', ','])
            .next()
            .is_some_and(|w| w.chars().all(|c| c.is_ascii_uppercase()) || CHANNELS.contains(&w));
    let lower_via = text.starts_with("via ") && !inner;
    let decimals = hit
        .after()
        .strip_prefix(['.', ':', '%'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if via_channel || lower_via || decimals || !(house || inner) {
        return None;
    }
    Some(if house { number.len()..hit.span().end } else { hit.span() })
}

const CHANNELS: &[&str] = &[
    "Teams",
    "Slack",
    "Outlook",
    "Zoom",
    "Email",
    "Mail",
    "Skype",
    "Bluetooth",
    "Wi-Fi",
    "Ethernet",
    "Proxy",
    "Docker",
    "Git",
    "GitHub",
    "Python",
    "Windows",
    "Linux",
    "Port",
    "Channel",
    "Interface",
    "Version",
    "Option",
    "Method",
    "Step",
    "WhatsApp",
    "Telegram",
    "Signal",
];

fn no_decimals(hit: &Hit<'_>) -> Option<Range<usize>> {
    let goes_on = hit
        .after()
        .strip_prefix(['.', ','])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if goes_on { None } else { whole(hit) }
}

/// Areas of British postcodes (Royal Mail).
const UK_AREAS: &str = " AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE ";

fn uk_postcode(hit: &Hit<'_>) -> Option<Range<usize>> {
    let area: String = hit.text().chars().take_while(char::is_ascii_uppercase).collect();
    let size = hit.text().ends_with("GB") || hit.text().ends_with("TB");
    let joined = !hit.text().contains(' ');
    let glued = hit.before().ends_with(|c: char| c.is_alphanumeric() || "-_/.#=".contains(c))
        || hit.after().starts_with(['-', '_', '=', '/']);
    let alone = hit.before().trim().is_empty() && hit.after().trim().is_empty();
    let long = hit.text().len() >= 6;
    (UK_AREAS.contains(&format!(" {area} "))
        && !size
        && !glued
        && (!joined || long && (alone || hit.before().ends_with(", "))))
    .then(|| hit.span())
}

const STATES: &str = " AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS AP AE AA FM MH MP PW ";
const STATE_NAMES: &[&str] = &[
    "Alabama",
    "Alaska",
    "Arizona",
    "Arkansas",
    "California",
    "Colorado",
    "Connecticut",
    "Delaware",
    "Florida",
    "Georgia",
    "Hawaii",
    "Idaho",
    "Illinois",
    "Indiana",
    "Iowa",
    "Kansas",
    "Kentucky",
    "Louisiana",
    "Maine",
    "Maryland",
    "Massachusetts",
    "Michigan",
    "Minnesota",
    "Mississippi",
    "Missouri",
    "Montana",
    "Nebraska",
    "Nevada",
    "New Hampshire",
    "New Jersey",
    "New Mexico",
    "New York",
    "North Carolina",
    "North Dakota",
    "Ohio",
    "Oklahoma",
    "Oregon",
    "Pennsylvania",
    "Rhode Island",
    "South Carolina",
    "South Dakota",
    "Tennessee",
    "Texas",
    "Utah",
    "Vermont",
    "Virginia",
    "Washington",
    "West Virginia",
    "Wisconsin",
    "Wyoming",
];

/// A state before the code, and the town before the state.
fn us_zip(hit: &Hit<'_>) -> Option<Range<usize>> {
    let before = hit.before().strip_suffix(' ')?;
    let before = before.strip_suffix(',').unwrap_or(before);
    let named = STATE_NAMES.iter().find_map(|name| before.strip_suffix(name));
    let head = if let Some(head) = named {
        head
    } else {
        let at = before.len().checked_sub(2)?;
        let state = before.get(at..)?;
        let is_code = state.bytes().all(|b| b.is_ascii_uppercase());
        if !is_code || !STATES.contains(&format!(" {state} ")) {
            return None;
        }
        before.get(..at)?
    };
    if head.ends_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let town_end = head.trim_end_matches([' ', ',']);
    let town = if head.ends_with(", ") { town_start(town_end) } else { town_end.len() };
    let has_town = town < town_end.len();
    let word = before.get(head.len()..)?;
    let ambiguous = named.is_none()
        && matches!(
            word,
            "IN" | "OR"
                | "ID"
                | "OK"
                | "ME"
                | "HI"
                | "OH"
                | "AS"
                | "PA"
                | "DE"
                | "AL"
                | "LA"
                | "CO"
                | "IL"
                | "AA"
                | "AE"
                | "AP"
                | "FM"
                | "PR"
                | "MS"
                | "VI"
                | "PW"
        );
    let ends = hit.after().is_empty()
        || hit.after().starts_with(|c: char| ",.;)\t\"'|\r".contains(c))
        || hit.after().starts_with(" U")
        || has_town;
    if !ends || ambiguous && !has_town {
        return None;
    }
    Some(if has_town { town } else { head.len() }..hit.span().end)
}

/// Where the capitalised words begin that end a text, three at most.
fn town_start(text: &str) -> usize {
    let mut start = text.len();
    for word in text.rsplit(' ').take(3) {
        if !word.starts_with(char::is_uppercase)
            || word.contains(|c: char| c.is_ascii_digit() || ".,:;".contains(c))
        {
            break;
        }
        start = text.len() - (text.len() - start) - word.len() - usize::from(start < text.len());
    }
    start
}

/// A town after its code: at the begin of a line, after a comma, or after a house number.
fn postcode_town(hit: &Hit<'_>) -> Option<Range<usize>> {
    let before = hit.before();
    let (before, prefix) = country_prefix(before);
    let text = hit.text();
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let dutch = digits == 4
        && text.get(5..7).is_some_and(|l| l.chars().all(|c| c.is_ascii_uppercase()))
        && text.get(7..8) == Some(" ");
    let hyphened = text.get(digits..)?.starts_with('-');
    let word = text.get(text.find(' ')? + 1..)?.split(' ').next()?;
    let not_town = words::NO_TOWNS.contains(word.to_lowercase().as_str())
        || dutch
            && matches!(text.get(5..7)?, "MB" | "KB" | "GB" | "AM" | "PM" | "AD" | "BC" | "UK" | "US" | "ID");
    let trimmed = before.trim_end();
    let at_start = trimmed.is_empty();
    let comma =
        trimmed.ends_with([',', ';', '|', '·', ':']) || before.ends_with("  ") || before.ends_with('\t');
    let after_house = trimmed.trim_end_matches(',').ends_with(|c: char| c.is_ascii_digit())
        || trimmed
            .trim_end_matches(',')
            .rsplit(' ')
            .next()
            .is_some_and(|w| w.len() <= 5 && w.starts_with(|c: char| c.is_ascii_digit()));
    let preposition = ["in", "à", "en", "aus", "nach", "a", "te", "em", "zu"]
        .iter()
        .any(|w| trimmed.rsplit(' ').next() == Some(w));
    let rest = hit.after().trim_start_matches(' ');
    let ends = rest.is_empty()
        || hit.after().starts_with([',', '.', ';', ')', '\t', '|', '\r', '"', '<', '('])
        || rest.starts_with(['(', '-', '|'])
        || preposition;
    let plain_four = digits == 4 && !dutch && !hyphened;
    let year = plain_four && (text.starts_with("19") || text.starts_with("20"));
    let placed = if plain_four {
        comma && after_house && !year || !prefix.is_empty()
    } else {
        at_start && ends
            || comma && (ends || after_house)
            || preposition
            || dutch && word.len() > 2
            || hyphened && ends
            || !prefix.is_empty()
    };
    let glued = before.ends_with(|c: char| c.is_alphanumeric() || "-_.#+".contains(c));
    (placed && !not_town && !glued).then(|| hit.span().start - prefix.len()..hit.span().end)
}

fn country_prefix(before: &str) -> (&str, &str) {
    for prefix in ["D-", "A-", "CH-", "F-", "B-", "L-", "E-", "I-", "NL-", "P-", "DE-", "AT-", "FR-", "PL-"] {
        if let Some(rest) = before
            .strip_suffix(prefix)
            .filter(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '-'))
        {
            return (rest, before.get(rest.len()..).unwrap_or_default());
        }
    }
    (before, "")
}

fn from_digit_or_code(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let letters = text.get(..digit)?.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(digit, |at| at + 1);
    let decimals = hit
        .after()
        .strip_prefix(['.', ','])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let code = text.get(letters..)?;
    let upper = code.chars().all(|c| !c.is_ascii_lowercase());
    (!decimals && upper).then(|| hit.without_front(letters)).flatten()
}

/// What follows a label for addresses, if it has a number and more than a number.
fn labelled(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let opens = [": ", " at ", " in ", "nt ", " à ", " en ", "ss "];
    let start = text
        .find(':')
        .map(|at| at + 1)
        .or_else(|| opens.iter().filter_map(|mark| text.find(mark).map(|at| at + mark.len())).min())?;
    let value = text.get(start..)?;
    let start = start + value.len() - value.trim_start().len();
    let value = text.get(start..)?.trim_end_matches([' ', '.', ';']);
    let value = value.split(". ").next()?;
    let technical = hit.before().to_ascii_lowercase().trim_end().ends_with(|c: char| c.is_alphanumeric())
        && [
            "ip", "mac", "email", "e-mail", "mail", "web", "memory", "base", "bind", "listen", "remote",
            "local", "hardware", "network", "return", "physical", "virtual", "start", "server", "url",
            "wallet", "link",
        ]
        .iter()
        .any(|w| hit.before().to_ascii_lowercase().trim_end().ends_with(w));
    let number = value.contains(|c: char| c.is_ascii_digit());
    let words = value
        .split([' ', ','])
        .filter(|w| w.chars().next().is_some_and(char::is_uppercase) && w.chars().count() > 1)
        .count();
    let machine = value.contains("0x")
        || value.contains(['%', '*', '='])
        || value.contains("://")
        || value.contains('@')
        || value.split('.').count() > 3
        || value.contains("::")
        || value.starts_with(['$', '{', '<', '"', '(', '[']);
    (!technical && number && words > 0 && !machine && value.contains([' ', ',']))
        .then(|| hit.span().start + start..hit.span().start + start + value.len())
}
