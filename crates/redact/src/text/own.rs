//! Rules that an organisation adds: a pattern, and examples that prove it before it is used.

use candor_model::FindingKind;
use regex_automata::meta::Regex;

use crate::text::find::Find;
use crate::text::lists::ListError;

/// Name in reports: the organisation's own names are nobody's business.
pub(crate) const RULE: &str = "rule.organisation";

/// Largest compiled pattern in bytes.
const PATTERN_BYTES_MAX: usize = 1024 * 1024;

/// A rule of an organisation. Its pattern is a regular expression without look-around and back-references, so that it takes
/// time in proportion to the text, whatever the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRule {
    /// What the organisation calls it, in messages about the rule.
    pub name: String,
    /// What it finds.
    pub kind: FindingKind,
    /// The regular expression; all of a match is masked.
    pub pattern: String,
    /// Texts in which it finds exactly what stands in `{}`; at least one.
    pub finds: Vec<String>,
    /// Texts in which it finds nothing; at least one.
    pub passes: Vec<String>,
}

impl OwnRule {
    /// Most rules of an organisation.
    pub const COUNT_MAX: usize = 256;
    /// Longest pattern in bytes.
    pub const PATTERN_MAX: usize = 2048;

    fn compiled(&self) -> Result<Regex, ListError> {
        let wrong = |why: &str| ListError::Rule { name: self.name.clone(), why: why.to_owned() };
        if self.pattern.len() > Self::PATTERN_MAX {
            return Err(wrong("its pattern is longer than 2048 bytes"));
        }
        let config = Regex::config().nfa_size_limit(Some(PATTERN_BYTES_MAX));
        let regex = Regex::builder().configure(config).build(&self.pattern);
        let regex = regex.map_err(|error| wrong(&format!("its pattern does not compile: {error}")))?;
        if regex.is_match("") {
            return Err(wrong("its pattern matches nothing at all, and so everywhere"));
        }
        if self.finds.is_empty() || self.passes.is_empty() {
            return Err(wrong("it needs an example of what it finds and one of what it passes by"));
        }
        self.prove(&regex).map_err(|why| wrong(&why)).map(|()| regex)
    }

    /// Runs the examples.
    fn prove(&self, regex: &Regex) -> Result<(), String> {
        for example in &self.finds {
            let marked = example.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}'));
            let Some((marked, _)) = marked else {
                return Err(format!("its example {example:?} does not say in {{}} what is found"));
            };
            let text: String = example.replacen('{', "", 1);
            let end = text.rfind('}').unwrap_or(text.len());
            let text: String = text.char_indices().filter(|(at, _)| *at != end).map(|(_, c)| c).collect();
            let found: Vec<&str> = regex.find_iter(&text).filter_map(|m| text.get(m.range())).collect();
            if found != [marked] {
                return Err(format!("it finds {found:?} in {text:?}"));
            }
        }
        let found = self.passes.iter().find(|text| regex.is_match(text.as_bytes()));
        found.map_or(Ok(()), |text| Err(format!("it finds something in {text:?}")))
    }
}

/// The compiled rules of an organisation.
pub(crate) struct OwnRules(Vec<(Regex, FindingKind)>);

impl OwnRules {
    pub(crate) fn new(rules: &[OwnRule]) -> Result<Self, ListError> {
        if rules.len() > OwnRule::COUNT_MAX {
            return Err(ListError::TooMany { found: rules.len(), max: OwnRule::COUNT_MAX });
        }
        rules.iter().map(|rule| Ok((rule.compiled()?, rule.kind))).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds every match.
    pub(crate) fn find(&self, text: &str, finds: &mut Vec<Find>) {
        for (regex, kind) in &self.0 {
            let matches = regex.find_iter(text).filter(|found| !found.is_empty());
            finds.extend(matches.map(|found| Find { range: found.range(), kind: *kind, rule: RULE }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pattern: &str, finds: &str, passes: &str) -> OwnRule {
        OwnRule {
            name: "ward".into(),
            kind: FindingKind::Id,
            pattern: pattern.into(),
            finds: vec![finds.into()],
            passes: vec![passes.into()],
        }
    }

    #[test]
    fn a_rule_that_keeps_its_word_is_used() {
        let rules = OwnRules::new(&[rule(r"\bW-\d{4}\b", "bed {W-1234}, left", "W-12")]).unwrap();
        let mut finds = Vec::new();
        rules.find("to W-0042 and W-00421", &mut finds);
        assert_eq!(finds, [Find { range: 3..9, kind: FindingKind::Id, rule: RULE }]);
    }

    #[test]
    fn a_rule_that_does_not_is_refused_by_name_with_the_reason() {
        for (rule, why) in [
            (rule(r"W-(", "{W-1}", "x"), "does not compile"),
            (rule(r"\d*", "{1}", "x"), "everywhere"),
            (rule(r"W-\d", "W-1", "x"), "does not say"),
            (rule(r"W-\d", "{W-12}", "x"), "it finds"),
            (rule(r"W-\d", "{W-1}", "W-2"), "finds something"),
            (rule(&"x".repeat(2049), "{x}", "y"), "longer"),
            (rule(r"\w{1000}{1000}", "{x}", "y"), "does not compile"),
            (OwnRule { passes: vec![], ..rule(r"W-\d", "{W-1}", "x") }, "needs an example"),
        ] {
            let error = OwnRules::new(&[rule]).err().unwrap().to_string();
            assert!(error.contains("ward") && error.contains(why), "{error}");
        }
    }
}
