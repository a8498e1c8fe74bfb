//! Who plays: five roles, nine people, each with a home of their own.

/// The four signers: person, role in commands, name in the charter.
pub(crate) const SIGNERS: [(&str, &str, &str); 4] = [
    ("priya", "privacy", "Priya Raman"),
    ("leo", "legal", "Leo Brandt"),
    ("wanda", "worker-representative", "Wanda Kowalska"),
    ("sam", "security", "Sam Okafor"),
];
/// The contributor who agrees to less than was offered, and later withdraws.
pub(crate) const ANNA: &str = "anna";
/// The contributor who stays.
pub(crate) const BEN: &str = "ben";
/// The researcher.
pub(crate) const RESEARCHER: &str = "ravi";
/// The auditor.
pub(crate) const AUDITOR: &str = "audrey";
/// The purpose that both contributors agree to.
pub(crate) const AGREED: &str = "form-filling";
/// The purpose that nobody agrees to.
pub(crate) const NOT_AGREED: &str = "usability-research";
