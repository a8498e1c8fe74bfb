//! Numbering plans: which digits are a telephone number somewhere. The plans are those of the `phonenumber` crate
//! (libphonenumber's metadata); its own parser takes 46 microseconds a number, so only its patterns are used.

use std::sync::LazyLock;

use phonenumber::Metadata;
use phonenumber::metadata::DATABASE;
use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::{start, syntax};

use crate::text::rules::gate::anchored;

/// Regions of the seven languages and their neighbours whose national numbers are looked for.
const REGIONS: [&str; 29] = [
    "US", "GB", "IE", "AU", "NZ", "ZA", "IN", "DE", "AT", "CH", "FR", "BE", "LU", "ES", "MX", "AR", "CO",
    "CL", "IT", "NL", "PT", "BR", "SE", "FI", "PL", "DK", "NO", "BG", "CN",
];

/// What a region dials.
struct Plan {
    /// The numbers without their national prefix: an automaton that is walked digit by digit, since a number is asked of many
    /// regions, and a search costs more than its digits.
    numbers: dense::DFA<Vec<u32>>,
    begin: StateID,
    /// What is dialled before a number within the region.
    prefix: String,
}

/// Largest automaton of a plan in bytes; the shipped plans stay far below.
const PLAN_BYTES_MAX: usize = 4 * 1024 * 1024;

/// By the letters of a region: a number that may be of many is asked of each.
static PLANS: LazyLock<Vec<Option<Plan>>> = LazyLock::new(|| {
    let mut plans: Vec<Option<Plan>> = (0..PLACES).map(|_| None).collect();
    for region in REGIONS {
        if let Some(slot) = place(region).and_then(|place| plans.get_mut(place)) {
            *slot = plan(region);
        }
    }
    plans
});

/// Places for two capital letters.
const PLACES: usize = 26 * 26;

fn place(region: &str) -> Option<usize> {
    let [first, second] = region.as_bytes() else { return None };
    let letter = |byte: &u8| byte.checked_sub(b'A').filter(|letter| *letter < 26).map(usize::from);
    Some(letter(first)? * 26 + letter(second)?)
}

/// The plan of a region.
fn plan_of(region: &str) -> Option<&'static Plan> {
    PLANS.get(place(region)?)?.as_ref()
}

/// Pattern of everything that the region gives to subscribers: fixed, mobile, free, shared and dear numbers.
fn given(metadata: &Metadata) -> String {
    let kinds = metadata.descriptors();
    let given = [
        kinds.fixed_line(),
        kinds.mobile(),
        kinds.toll_free(),
        kinds.premium_rate(),
        kinds.shared_cost(),
        kinds.voip(),
        kinds.personal_number(),
        kinds.uan(),
    ];
    let patterns: Vec<&str> = given.into_iter().flatten().map(|d| d.national_number().as_str()).collect();
    patterns.join("|")
}

/// How the patterns of plans are written.
fn written() -> syntax::Config {
    syntax::Config::new().ignore_whitespace(true).unicode(false).utf8(false)
}

fn plan(region: &str) -> Option<Plan> {
    let metadata = DATABASE.by_id(region)?;
    let numbers = dense::Builder::new()
        .configure(anchored(PLAN_BYTES_MAX))
        .syntax(written())
        .build(&given(metadata))
        .ok()?;
    let begin = numbers.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
    Some(Plan { numbers, begin, prefix: metadata.national_prefix().unwrap_or_default().to_owned() })
}

impl Plan {
    fn gives(&self, number: &str) -> bool {
        let mut state = self.begin;
        for digit in number.bytes() {
            state = self.numbers.next_state(state, digit);
            if self.numbers.is_dead_state(state) {
                return false;
            }
        }
        // A match is told one step after its end.
        self.numbers.is_match_state(self.numbers.next_eoi_state(state))
    }
}

/// Whether `digits`, dialled within the region, reach somebody.
pub(crate) fn is_national(region: &str, digits: &str) -> bool {
    plan_of(region).is_some_and(|plan| {
        let bare = (!plan.prefix.is_empty()).then(|| digits.strip_prefix(plan.prefix.as_str())).flatten();
        bare.is_some_and(|number| plan.gives(number)) || plan.gives(digits)
    })
}

/// Which numbers up to 999 are the code of a country.
static CODES: LazyLock<Vec<bool>> =
    LazyLock::new(|| (0..1000_u16).map(|code| DATABASE.region(&code).is_some()).collect());

/// Whether `digits` begin with the code of a country and are as long as its numbers.
pub(crate) fn is_international(digits: &str) -> bool {
    (1..=3).any(|length| {
        let Some((code, national)) = digits.split_at_checked(length) else { return false };
        let known = code.parse().is_ok_and(|code: usize| CODES.get(code) == Some(&true));
        known && (6..=13).contains(&national.len())
    })
}

/// The code of the country that `digits` begin with, and what follows it.
pub(crate) fn split_country(digits: &str) -> Option<(&str, &str)> {
    // No code is the beginning of another, and none begins with a zero (ITU-T E.164).
    let known = |code: &str| {
        !code.starts_with('0') && code.parse().is_ok_and(|code: usize| CODES.get(code) == Some(&true))
    };
    (1..=3).filter_map(|length| digits.split_at_checked(length)).find(|(code, _)| known(code))
}

#[cfg(test)]
mod tests {
    use regex_automata::Input;
    use regex_automata::meta::Regex;

    use super::*;

    #[test]
    fn the_code_of_a_country_is_parted_from_its_number() {
        assert_eq!(split_country("4930901820"), Some(("49", "30901820")));
        assert_eq!(split_country("14155550100"), Some(("1", "4155550100")));
        assert_eq!(split_country("35312345678"), Some(("353", "12345678")));
        assert_eq!((split_country("0301"), split_country("")), (None, None));
    }

    #[test]
    fn every_region_has_its_plan() {
        assert_eq!(PLANS.iter().flatten().count(), REGIONS.len());
    }

    #[test]
    fn a_walk_gives_what_a_search_for_the_whole_number_gives() {
        let mut drawn = 88_172_645_463_325_252_u64;
        let mut numbers = Vec::new();
        for length in (1..=15).cycle().take(3000) {
            drawn ^= drawn << 13;
            drawn ^= drawn >> 7;
            drawn ^= drawn << 17;
            numbers.push(format!("{drawn:020}").get(20 - length..).unwrap().to_owned());
        }
        for region in REGIONS {
            let pattern = format!("(?:{})\\z", given(DATABASE.by_id(region).unwrap()));
            let search = Regex::builder().syntax(written()).build(&pattern).unwrap();
            for number in &numbers {
                let input = Input::new(number).anchored(Anchored::Yes);
                assert_eq!(
                    plan_of(region).unwrap().gives(number),
                    search.is_match(input),
                    "{region} {number}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_known_by_their_plan() {
        assert!(is_national("FR", "0612345678") && !is_national("FR", "0139"));
        assert!(is_national("ES", "612345678") && !is_national("ES", "112345678"));
        assert!(is_national("GB", "02079460958") && !is_national("DE", "9"));
        assert!(is_international("4930901820") && !is_international("9991234567"));
    }
}
