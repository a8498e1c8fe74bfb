use candor_redact::Redacted;

fn main() {
    let _ = Redacted::new(String::from("raw"));
    let _ = Redacted(String::from("raw"));
    let _: Redacted<String> = String::from("raw").into();
    let _ = serde_json::from_str::<Redacted<String>>("\"raw\"");
}
