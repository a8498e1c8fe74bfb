use candor_redact::Raw;

fn main() {
    let raw = Raw::seal(String::from("secret"));
    let _ = Raw::clone(&raw);
}
