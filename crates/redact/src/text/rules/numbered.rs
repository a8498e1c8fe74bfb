//! Numbers of customers, patients, cases and contracts behind the words that head them, in seven languages.

use std::ops::Range;

use candor_model::FindingKind;

use crate::text::checksum::digits;
use crate::text::rule::{Hit, Rule};
use crate::text::rules::contact::{is_date, unit_follows};
use crate::text::rules::gate::Gate;

pub(crate) const RULES: &[Rule] = &[
    Rule::new(
        "id.numbered",
        FindingKind::Id,
        Gate::At(&[
            "|customer n", "|customer id", "|client n", "|client id", "|employee n", "|employee id", "|staff n", "|staff id", "|patient n",
            "|patient id", "|student n", "|student id", "|member n", "|member id", "|membership", "|case n", "|claim n", "|account n",
            "|badge n", "|loyalty card", "|health card", "|personal number", "|ticket holder", "|policy n", "|passport n",
            "|registration number", "|tax reference", "kundenn", "kunden-n", "personaln", "matrikeln", "patientenn", "mitgliedsn",
            "vertragsn", "versicherungsn", "aktenzeichen", "klantn", "personeelsn", "dossiern", "polisn",
        ]),
        r"(?i)(?:(?:customer|client|employee|staff|patient|student|member|membership|case|claim|account|badge|policy|passport|registration|personal|ticket holder)<sp>(?:number|no|nr|id)|(?:loyalty|health) card(?:<sp>(?:number|no|nr))?|tax reference|(?:kunden|personal|matrikel|patienten|mitglieds|vertrags|versicherungs)-?(?:nummer|nr)|aktenzeichen|(?:klant|personeels|dossier|polis)(?:nummer|nr))\.?<sp>{0,2}[:#=]{0,2}<sp>{0,3}[A-Z0-9](?:[\-/.]?[A-Z0-9]){4,19}\b",
        &[
            "Case number: {2024/00381}",
            "Membership no. {K-2201-8837}",
            "Policy no:: {8472019365}",
            "Loyalty card {8472019365}",
            "Health card number: {AB1234567}",
            "Versicherungsnr. {8472019365}",
            "Aktenzeichen {2024/00381}",
            "Dossiernummer: {2024/00381}",
        ],
        &["case no 12/2024", "account no 2024/01/15", "customer id is missing", "Patient ID: required", "case number 12345 MB", "membership no longer12345"],
    )
    .checked(numbered),
    Rule::new(
        "id.numbered_romance",
        FindingKind::Id,
        Gate::At(&[
            "|numéro ", "|número ", "|numero ", "|n° ", "|nº ", "|n.º ", "|codice ", "|código ", "|expediente", "|processo ", "|pratica ",
        ]),
        r"(?i)(?:(?:numéro|número|numero|n°|nº|n\.º|codice|código)<sp>(?:de<sp>|di<sp>|do<sp>|d')?(?:client|cliente|dossier|adhérent|socio|sócio|afiliación|afiliado|pratica|paciente|paziente|patient|expediente|processo|contrat|contrato|contratto|utente|membre|asegurado|assuré|beneficiário)|expediente|processo n\.?[º°]|pratica n\.?[º°]?)\.?<sp>{0,2}[:#=]?<sp>{0,3}[A-Z0-9](?:[\-/.]?[A-Z0-9]){4,19}\b",
        &[
            "Numéro client {8472019365}",
            "N° adhérent : {AB1234567}",
            "Número de afiliación {K-2201-8837}",
            "Codice cliente {8472019365}",
            "Processo n.º {2024/00381}",
            "Numéro de dossier {2024/00381}",
            "expediente {2024/00381}",
        ],
        &["numéro de client requis", "número de cliente 12/2024", "codice cliente errato", "expediente 2024/01/15", "processo n.º 12"],
    )
    .checked(numbered),
];

/// The value: five digits and more, in capitals; no date and no count.
fn numbered(hit: &Hit<'_>) -> Option<Range<usize>> {
    let text = hit.text();
    let marks = [' ', '\t', '\u{a0}', '\u{202f}', ':', '=', '#', '°', 'º'];
    let start = text.rfind(marks).and_then(|at| Some(at + text.get(at..)?.chars().next()?.len_utf8()))?;
    let value = text.get(start..)?;
    let capitals = !value.contains(|c: char| c.is_ascii_lowercase());
    let month = value.split_once('/').is_some_and(|(month, year)| month.len() < 3 && year.len() == 4);
    let plausible =
        !month && digits(value).len() >= 5 && capitals && !is_date(value) && !unit_follows(hit.after());
    plausible.then(|| hit.without_front(start)).flatten()
}
