//! The terms of the Data Privacy Vocabulary 2.3 (W3C DPVCG, <https://w3id.org/dpv/2.3>) that a charter may use.
//!
//! The lists are fixed: a term that is not here is refused, so that a charter cannot invent a vocabulary.

/// Purposes that a model may be trained for (`skos:broader` of a charter's own purpose).
///
/// "AI training" is not among them: in DPV 2.3 `ai:ModelTraining` is a kind of processing, not a purpose.
pub const PURPOSE_CLASSES: [&str; 13] = [
    "dpv:AcademicResearch",
    "dpv:CommercialResearch",
    "dpv:CustomerCare",
    "dpv:ImproveExistingProductsAndServices",
    "dpv:InternalResourceOptimisation",
    "dpv:NonCommercialResearch",
    "dpv:OptimisationForConsumer",
    "dpv:OptimisationForController",
    "dpv:OptimiseUserInterface",
    "dpv:ResearchAndDevelopment",
    "dpv:ServiceOptimisation",
    "dpv:ServiceProvision",
    "dpv:TechnicalServiceProvision",
];

/// Purposes that every charter must forbid: use of recorded work in decisions about the people who did it.
pub const ALWAYS_PROHIBITED: [&str; 8] = [
    "dpv:PersonnelBehaviourMonitoring",
    "dpv:PersonnelHiring",
    "dpv:PersonnelPerformanceEvaluation",
    "dpv:PersonnelPerformanceMonitoring",
    "dpv:PersonnelPerformancePrediction",
    "dpv:PersonnelPromotionManagement",
    "dpv:PersonnelTerminationManagement",
    "dpv:PersonnelWorkloadManagement",
];

/// Purposes that a charter may forbid besides [`ALWAYS_PROHIBITED`].
pub const ALSO_PROHIBITABLE: [&str; 14] = [
    "dpv:Advertising",
    "dpv:DirectMarketing",
    "dpv:PersonalisedAdvertising",
    "dpv:PersonnelManagement",
    "dpv:PersonnelMonitoring",
    "dpv:PersonnelOffboarding",
    "dpv:PersonnelOnboarding",
    "dpv:PersonnelPayment",
    "dpv:PersonnelPerformanceManagement",
    "dpv:PoliticalCampaign",
    "dpv:SellDataToThirdParties",
    "dpv:SellInsightsFromData",
    "dpv:ServiceAccessDetermination",
    "dpv:TargetedAdvertising",
];

/// Legal bases for recording (lane 1 of the design): consent, said explicitly.
pub const LEGAL_BASES: [&str; 3] =
    ["dpv:ExplicitlyExpressedConsent", "eu-gdpr:A6-1-a-explicit-consent", "eu-gdpr:A9-2-a"];

/// The basis that no charter may leave out: whatever the law asks for, the person is asked first.
pub const CONSENT_BASIS: &str = "dpv:ExplicitlyExpressedConsent";

/// Whether `term` names a place: `loc:` and two capital letters (ISO 3166-1 alpha-2, or `loc:EU`).
#[must_use]
pub fn is_place(term: &str) -> bool {
    let code = term.strip_prefix("loc:").unwrap_or_default();
    code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// A forbidden purpose in words, for a notice and a refusal.
#[must_use]
pub fn in_words(prohibited: &str) -> &'static str {
    match prohibited {
        "dpv:PersonnelBehaviourMonitoring" => "watch how you behave at work",
        "dpv:PersonnelHiring" => "decide whom to hire",
        "dpv:PersonnelPerformanceEvaluation" => "judge how well you work",
        "dpv:PersonnelPerformanceMonitoring" => "watch how much you work",
        "dpv:PersonnelPerformancePrediction" => "predict how you will work",
        "dpv:PersonnelPromotionManagement" => "decide whom to promote",
        "dpv:PersonnelTerminationManagement" => "decide whom to dismiss",
        "dpv:PersonnelWorkloadManagement" => "set how much work you get",
        "dpv:Advertising" => "advertise",
        "dpv:DirectMarketing" => "send you marketing",
        "dpv:PersonalisedAdvertising" => "choose advertisements for a person",
        "dpv:PersonnelManagement" => "manage staff",
        "dpv:PersonnelMonitoring" => "watch staff",
        "dpv:PersonnelOffboarding" => "manage how people leave",
        "dpv:PersonnelOnboarding" => "manage how people join",
        "dpv:PersonnelPayment" => "decide on pay",
        "dpv:PersonnelPerformanceManagement" => "manage how well people work",
        "dpv:PoliticalCampaign" => "campaign in politics",
        "dpv:SellDataToThirdParties" => "sell the recordings",
        "dpv:SellInsightsFromData" => "sell what the recordings tell",
        "dpv:ServiceAccessDetermination" => "decide who may use a service",
        "dpv:TargetedAdvertising" => "aim advertisements at a person",
        _ => "do what the charter forbids",
    }
}

/// Whether a name that somebody chose means one of the forbidden purposes: `personnel-hiring` means `dpv:PersonnelHiring`.
#[must_use]
pub fn means(name: &str, prohibited: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    letters(name).contains(&letters(prohibited.strip_prefix("dpv:").unwrap_or(prohibited)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_purpose_class_can_be_a_forbidden_one() {
        for class in PURPOSE_CLASSES {
            assert!(!ALWAYS_PROHIBITED.contains(&class) && !ALSO_PROHIBITABLE.contains(&class), "{class}");
        }
    }

    #[test]
    fn every_forbidden_purpose_has_words_of_its_own() {
        for term in ALWAYS_PROHIBITED.iter().chain(&ALSO_PROHIBITABLE) {
            assert_ne!(in_words(term), in_words("dpv:Unknown"), "{term}");
        }
    }

    #[test]
    fn a_place_is_two_capital_letters() {
        assert!(is_place("loc:DE") && is_place("loc:EU"));
        for term in ["DE", "loc:de", "loc:DEU", "loc:", "dpv:DE"] {
            assert!(!is_place(term), "{term}");
        }
    }
}
