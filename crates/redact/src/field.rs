//! What a field asks for: a name on its label says what is typed into it, even where no rule could tell.

use candor_model::FindingKind;

use crate::labels::normalised;

const FIELDS: &[(FindingKind, &[&str])] = &[
    (
        FindingKind::Person,
        &[
            "name",
            "full name",
            "first name",
            "given name",
            "last name",
            "surname",
            "family name",
            "middle name",
            "your name",
            "cardholder name",
            "name on card",
            "account holder",
            "vorname",
            "nachname",
            "vor- und nachname",
            "prénom",
            "nom",
            "nom complet",
            "nombre",
            "nombre completo",
            "apellidos",
            "nome",
            "nome completo",
            "nome e cognome",
            "cognome",
            "voornaam",
            "achternaam",
            "naam",
            "volledige naam",
            "apelido",
            "sobrenome",
            "author",
            "assignee",
            "assigned to",
        ],
    ),
    (
        FindingKind::Id,
        &[
            "username",
            "user name",
            "user id",
            "login",
            "login name",
            "benutzername",
            "benutzer-id",
            "nom d'utilisateur",
            "identifiant",
            "usuario",
            "usuário",
            "nome utente",
            "gebruikersnaam",
            "utilizador",
            "employee number",
            "employee id",
            "customer number",
            "tax number",
            "tax id",
            "account number",
            "kontonummer",
            "birth date",
            "date of birth",
            "birthday",
            "geburtsdatum",
            "date de naissance",
            "fecha de nacimiento",
            "data di nascita",
            "geboortedatum",
            "data de nascimento",
        ],
    ),
    (
        FindingKind::Address,
        &[
            "address",
            "address line 1",
            "address line 2",
            "street",
            "street address",
            "house number",
            "city",
            "town",
            "postal code",
            "postcode",
            "zip",
            "zip code",
            "straße",
            "postleitzahl",
            "ort",
            "adresse",
            "rue",
            "code postal",
            "ville",
            "calle",
            "código postal",
            "ciudad",
            "dirección",
            "domicilio",
            "indirizzo",
            "via",
            "cap",
            "città",
            "straat",
            "adres",
            "plaats",
            "endereço",
            "morada",
            "rua",
            "cidade",
        ],
    ),
    (
        FindingKind::Phone,
        &[
            "phone",
            "phone number",
            "telephone",
            "telephone number",
            "mobile",
            "mobile number",
            "fax",
            "telefon",
            "telefonnummer",
            "téléphone",
            "teléfono",
            "telefono",
            "telefoon",
            "telefoonnummer",
            "telefone",
        ],
    ),
    (
        FindingKind::Email,
        &[
            "e-mail",
            "email",
            "mail address",
            "e-mail address",
            "email address",
            "your e-mail",
            "your email",
            "confirm email",
            "e-mail-adresse",
            "adresse e-mail",
            "correo",
            "correo electrónico",
            "indirizzo e-mail",
            "e-mailadres",
        ],
    ),
    (FindingKind::Card, &["card number", "expiry date", "expiration date", "security code", "cvc", "cvv"]),
    (FindingKind::Iban, &["iban", "bic", "routing number"]),
    (
        FindingKind::Secret,
        &[
            "password",
            "new password",
            "current password",
            "old password",
            "confirm password",
            "repeat password",
            "passwort",
            "kennwort",
            "mot de passe",
            "contraseña",
            "wachtwoord",
            "senha",
            "palavra-passe",
            "pin",
            "one-time code",
            "verification code",
        ],
    ),
];

/// The kind of personal data that a field of this label asks for.
pub(crate) fn asked_for(label: &str) -> Option<FindingKind> {
    let label = normalised(label);
    FIELDS.iter().find(|(_, labels)| labels.contains(&label.as_str())).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::is_label;

    #[test]
    fn a_field_is_known_by_its_label_in_every_dress() {
        assert_eq!(asked_for("User name:"), Some(FindingKind::Id));
        assert_eq!(asked_for("First name *"), Some(FindingKind::Person));
        assert_eq!(asked_for("Subject"), None);
    }

    /// The tree keeps no other names, so that a label that is missing there would never be seen here.
    #[test]
    fn every_field_is_a_label() {
        for (_, labels) in FIELDS {
            for label in *labels {
                assert!(is_label(label), "{label}");
            }
        }
    }
}
