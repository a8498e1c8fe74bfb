use candor_redact::Raw;

fn main() {
    let raw = Raw::seal(String::from("secret"));
    let _ = serde_json::to_string(&raw);
}
