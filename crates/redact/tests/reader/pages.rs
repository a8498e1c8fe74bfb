//! Screens of programs as web pages: several layouts, languages, fonts, sizes, scales and colours, with planted data.

use std::fmt::Write;

use super::picture::SIZE_PX;

/// A screen, and what was planted on it.
pub(crate) struct Screen {
    pub(crate) name: String,
    html: String,
    pub(crate) planted: Vec<String>,
}

/// Somebody who does not exist, and what a screen could say of them.
struct Person {
    name: &'static str,
    email: &'static str,
    phone: &'static str,
    iban: &'static str,
    address: &'static str,
    sentences: [&'static str; 3],
}

const PEOPLE: [Person; 7] = [
    Person {
        name: "Rebecca Holloway",
        email: "rebecca.holloway@post.example.org",
        phone: "+44 20 7946 0418",
        iban: "GB33 BUKB 2020 1555 5555 55",
        address: "14 Chestnut Road",
        sentences: [
            "Please call NAME on PHONE before noon, the line is free then.",
            "The invoice for the chairs goes to EMAIL this time.",
            "Pay into IBAN and write when it is done.",
        ],
    },
    Person {
        name: "Matthias Brandhuber",
        email: "m.brandhuber@firma.example.net",
        phone: "+49 89 5478 2231",
        iban: "DE75 5121 0800 1245 1261 99",
        address: "Lindenstraße 27",
        sentences: [
            "Bitte ruf NAME unter PHONE an, am besten vor Mittag.",
            "Die Rechnung geht diesmal an EMAIL, nicht an die alte Adresse.",
            "Bitte auf IBAN überweisen und danach kurz schreiben.",
        ],
    },
    Person {
        name: "Camille Dufresne",
        email: "camille.dufresne@courrier.example.org",
        phone: "+33 1 70 18 42 65",
        iban: "FR76 3000 6000 0112 3456 7890 189",
        address: "18 rue des Tilleuls",
        sentences: [
            "Merci d'appeler NAME au PHONE avant midi.",
            "La facture des chaises part cette fois à EMAIL.",
            "Le virement se fait sur IBAN avant vendredi.",
        ],
    },
    Person {
        name: "Alejandro Villanueva",
        email: "avillanueva@correo.example.com",
        phone: "+34 91 482 3306",
        iban: "ES91 2100 0418 4502 0005 1332",
        address: "Calle Mayor 52",
        sentences: [
            "Llama a NAME al PHONE antes del mediodía, por favor.",
            "La factura de las sillas va esta vez a EMAIL.",
            "Paga en IBAN esta semana y escribe después.",
        ],
    },
    Person {
        name: "Giulia Montanari",
        email: "giulia.montanari@posta.example.it",
        phone: "+39 02 4831 5570",
        iban: "IT60 X054 2811 1010 0000 0123 456",
        address: "Via Garibaldi 9",
        sentences: [
            "Chiama NAME al PHONE prima di mezzogiorno, per favore.",
            "La fattura delle sedie va questa volta a EMAIL.",
            "Il bonifico va su IBAN entro venerdì.",
        ],
    },
    Person {
        name: "Marieke van Dijk",
        email: "marieke.vandijk@bericht.example.nl",
        phone: "+31 20 794 0612",
        iban: "NL91 ABNA 0417 1643 00",
        address: "Kerkstraat 81",
        sentences: [
            "Bel NAME op PHONE voor de middag, dan is de lijn vrij.",
            "De factuur van de stoelen gaat deze keer naar EMAIL.",
            "Betaal op IBAN voor vrijdag en schrijf daarna even.",
        ],
    },
    Person {
        name: "Joana Carvalho",
        email: "joana.carvalho@correio.example.pt",
        phone: "+351 21 234 5671",
        iban: "PT50 0002 0123 1234 5678 9015 4",
        address: "Rua das Flores 33",
        sentences: [
            "Ligue para NAME no PHONE antes do meio-dia, por favor.",
            "A fatura das cadeiras vai desta vez para EMAIL.",
            "Pague para IBAN esta semana e escreva depois.",
        ],
    },
];

const CARD: &str = "4539 1488 0343 6467";
const TOKEN: &str = "ghp_k3Vd9sQxT7mBzR2wLpY8nHfJ4cGa6uXeWq1Z";
const ADDRESS: &str = "198.51.100.73";

const FONTS: [&str; 5] = ["DejaVu Sans", "Liberation Sans", "Open Sans", "Liberation Serif", "Roboto"];
/// Size of letters in pixels, and the scale of the whole screen.
const SIZES: [(u32, &str); 4] = [(13, "1"), (14, "1.25"), (12, "1"), (14, "1.5")];
/// Ground, letters, and what is said more quietly.
const COLOURS: [(&str, &str, &str); 4] = [
    ("#ffffff", "#202124", "#5f6368"),
    ("#1e1f22", "#dcdcdc", "#a8adb5"),
    ("#fdf6e3", "#657b83", "#93a1a1"),
    ("#2b2b2b", "#8a8a8a", "#6f6f6f"),
];

/// Plants the texts of one kind of screen.
type Layout = fn(&mut Planter);

/// Every screen of the test.
pub(crate) fn screens() -> Vec<Screen> {
    let layouts: [(&str, Layout); 5] =
        [("mail", mail), ("table", table), ("terminal", terminal), ("chat", chat), ("form", form)];
    (0..15)
        .map(|n| {
            let (name, layout) = layouts[n % layouts.len()];
            let mut planter = Planter { first: n, html: String::new(), planted: Vec::new() };
            layout(&mut planter);
            let (ground, ink, soft) = COLOURS[n % COLOURS.len()];
            let (size, zoom) = SIZES[n / 2 % SIZES.len()];
            let font = FONTS[n / 3 % FONTS.len()];
            let style = format!(
                "body {{ margin: 0; padding: 10px; zoom: {zoom}; font: {size}px '{font}'; background: {ground}; color: {ink} }} \
                 i {{ color: {soft}; font-style: normal }} pre {{ font: {size}px 'DejaVu Sans Mono'; margin: 0 }} \
                 td, th {{ padding: 3px 8px; border: 1px solid #8886; text-align: left; font-weight: normal; white-space: nowrap }} \
                 table {{ border-collapse: collapse }} p {{ max-width: 700px; line-height: 1.5 }}"
            );
            let html = format!("<!doctype html><meta charset=utf-8><style>{style}</style>{}", planter.html);
            let about = format!("{n} {name}, {font} {size} px x{zoom}, {ink} on {ground}");
            Screen { name: about, html, planted: planter.planted }
        })
        .collect()
}

/// One page with all screens, one below the other.
pub(crate) fn sheet(screens: &[Screen]) -> String {
    let mut page = "<!doctype html><meta charset=utf-8><style>body { margin: 0 } iframe { border: 0; display: block }</style>".to_owned();
    let (width, height) = SIZE_PX;
    for screen in screens {
        let html = screen.html.replace('&', "&amp;").replace('"', "&quot;");
        write!(page, "<iframe width={width} height={height} srcdoc=\"{html}\"></iframe>").unwrap();
    }
    page
}

/// Writes a screen, and remembers what it planted.
struct Planter {
    first: usize,
    html: String,
    planted: Vec<String>,
}

impl Planter {
    fn say(&mut self, html: &str) {
        self.html.push_str(html);
    }

    fn plant(&mut self, text: &str) {
        self.html.push_str(text);
        self.planted.push(text.to_owned());
    }

    fn person(&self, n: usize) -> &'static Person {
        &PEOPLE[(self.first + n) % PEOPLE.len()]
    }

    fn sentence(&mut self, person: &Person, n: usize) {
        for word in person.sentences[n % 3].split_inclusive(' ') {
            let (bare, rest) = word.split_at(word.trim_end_matches([' ', ',', '.']).len());
            match bare {
                "NAME" => self.plant(person.name),
                "PHONE" => self.plant(person.phone),
                "EMAIL" => self.plant(person.email),
                "IBAN" => self.plant(person.iban),
                _ => self.say(bare),
            }
            self.say(rest);
        }
    }
}

fn mail(p: &mut Planter) {
    let person = p.person(0);
    p.say("File Edit View Message Tools Help<h2>Invoice</h2>From: ");
    p.plant(person.name);
    p.say(" &lt;");
    p.plant(person.email);
    p.say("&gt;<hr>");
    for n in 0..3 {
        p.say("<p>");
        p.sentence(person, n);
        p.say(" ");
        p.sentence(p.person(3), n + 1);
        p.say("</p>");
    }
    p.say("<p><i>");
    p.plant(person.address);
    p.say("</i></p>");
}

fn table(p: &mut Planter) {
    p.say("<table><tr><th></th><th>Name</th><th>E-mail</th><th>Phone</th><th>IBAN</th><th>Status</th></tr>");
    for n in 0..7 {
        let person = p.person(n);
        write!(p.html, "<tr><th>{}</th>", n + 1).unwrap();
        for text in [person.name, person.email, person.phone, person.iban] {
            p.say("<td>");
            p.plant(text);
            p.say("</td>");
        }
        p.say("<td>Paid</td></tr>");
    }
    p.say("</table>");
}

fn terminal(p: &mut Planter) {
    p.say("<pre>$ make test\nrunning 12 tests\ntest result: ok. 12 passed; 0 failed\n$ git log\nAuthor: ");
    p.plant(p.person(0).name);
    p.say(" &lt;");
    p.plant(p.person(0).email);
    p.say("&gt;\n    fix the build on arm\n$ export GITHUB_TOKEN=");
    p.plant(TOKEN);
    p.say("\nssh: connect to host ");
    p.plant(ADDRESS);
    p.say(" port 22: Connection refused\n</pre>");
}

fn chat(p: &mut Planter) {
    p.say("Channels Threads Files<br><br>");
    for n in 0..6 {
        let person = p.person(n);
        p.say("<b>");
        p.plant(person.name);
        write!(p.html, "</b> <i>9:{:02}</i><br>", 7 * n).unwrap();
        p.sentence(p.person(n + 1), n);
        p.say("<br><br>");
    }
}

fn form(p: &mut Planter) {
    let person = p.person(0);
    p.say("Account Settings Help<h2>Customer details</h2>");
    let fields = [
        ("Name", person.name),
        ("E-mail", person.email),
        ("Phone", person.phone),
        ("Address", person.address),
        ("IBAN", person.iban),
        ("Card number", CARD),
    ];
    for (label, text) in fields {
        write!(p.html, "<i>{label}</i><br>").unwrap();
        p.plant(text);
        p.say("<br><br>");
    }
    p.say("<button>Save</button> <button>Cancel</button>");
}
