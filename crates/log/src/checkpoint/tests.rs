use proptest::prelude::*;

use super::*;

/// The checkpoint of the empty log `log.example.org/candor` whose key has a seed of 32 bytes of value 7, signed by the Go
/// package golang.org/x/mod/sumdb/note.
const GOLDEN: &str = "log.example.org/candor\n\
    0\n\
    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\
    \u{2014} log.example.org/candor jQHkTDz0UMJ3I0y5WEz61MUQBZyPp9Dwv03zgPmEmIjugTclkqCJv58pKGnif3ZGG9rmErYf8AdD1GiP27ysF4q8lQE=\n";

fn signer() -> SignerKey {
    SignerKey::from_seed("log.example.org/candor", &[7; 32]).unwrap()
}

fn head() -> Checkpoint {
    Checkpoint::new("log.example.org/candor", 0, crate::tree::empty_root()).unwrap()
}

fn open(note: &str) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::open(note.as_bytes(), signer().verifier(), UnknownLines::Refuse)
}

#[test]
fn a_checkpoint_is_written_as_specified() {
    assert_eq!(head().sign(&signer()).unwrap(), GOLDEN);
    assert_eq!(open(GOLDEN), Ok(head()));
}

#[test]
fn the_specifications_example_is_read() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let head = Checkpoint::parse(text).unwrap();
    assert_eq!((head.origin(), head.size()), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(head.to_text(), text);
}

#[test]
fn a_checkpoint_in_another_form_is_refused() {
    let text = "log.example.org/candor\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    assert!(Checkpoint::parse(text).is_ok());
    let cases = [
        text.replace("\n5\n", "\n05\n"),
        text.replace("\n5\n", "\n+5\n"),
        text.replace("\n5\n", "\n-5\n"),
        text.replace("\n5\n", "\n\n"),
        text.replace("q2I=", "q2J="),
        text.replace("q2I=", "q2I"),
        format!("{text}an extension line\n"),
        format!("{text}\n"),
        text.trim_end().to_owned(),
        String::new(),
    ];
    for case in cases {
        assert_eq!(Checkpoint::parse(&case), Err(CheckpointError::Form), "{case}");
    }
    let large = text.replace("\n5\n", "\n1099511627777\n");
    assert_eq!(Checkpoint::parse(&large), Err(CheckpointError::Size(1_099_511_627_777)));
    let unnamed = text.replace("log.example.org/candor", "");
    assert!(matches!(Checkpoint::parse(&unnamed), Err(CheckpointError::Origin(_))));
}

#[test]
fn another_logs_checkpoint_is_refused() {
    let other = SignerKey::from_seed("log.example.org/other", &[7; 32]).unwrap();
    let foreign = Checkpoint::new("log.example.org/other", 0, crate::tree::empty_root()).unwrap();
    assert_eq!(open(&foreign.sign(&other).unwrap()), Err(CheckpointError::Foreign));
    assert_eq!(foreign.sign(&signer()), Err(CheckpointError::Foreign));
    // The right origin, signed by a key that has the right name and is another one.
    let impostor = SignerKey::from_seed("log.example.org/candor", &[8; 32]).unwrap();
    let forged = head().sign(&impostor).unwrap();
    assert_eq!(open(&forged), Err(CheckpointError::Note(NoteError::Unknown(0))));
}

#[test]
fn every_changed_byte_of_a_checkpoint_is_found() {
    for at in 0..GOLDEN.len() {
        let mut changed = GOLDEN.as_bytes().to_vec();
        changed[at] ^= 1 << (at % 8);
        let opened = Checkpoint::open(&changed, signer().verifier(), UnknownLines::Refuse);
        assert!(opened.is_err(), "byte {at}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_checkpoint_or_an_error(text in "[a-c+ ]{0,3}\n[0-9]{0,14}\n[A-D]{43}=\n{0,2}") {
        if let Ok(head) = Checkpoint::parse(&text) {
            prop_assert_eq!(head.to_text(), text);
        }
    }
}
