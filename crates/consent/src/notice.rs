//! The notice: what a charter allows, in plain words, made from the charter alone.
//!
//! INVARIANT: the text for a charter of version 1 never changes, because every consent is bound to its digest. Other
//! wording is another version of the charter. The golden file `tests/golden/notice.txt` holds it.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use candor_model::Digest;

use crate::{AppRule, Budgets, BystanderRule, Charter, Hours, ModelErasure, OwnWork, Purpose, dpv};

/// The text that a person reads before they choose, and its digest, which their consent is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Plain English.
    pub text: String,
    /// Digest of the text's bytes.
    pub digest: Digest,
}

impl Notice {
    /// The notice of `charter`: the same charter gives the same bytes, everywhere and always.
    #[must_use]
    pub fn of(charter: &Charter) -> Self {
        let sections = [
            who_asks(charter),
            choice(),
            purposes(charter),
            recorded(charter),
            never_recorded(charter),
            on_device(charter),
            recipients(charter),
            how_long(charter),
            forbidden(charter),
            pause(),
            withdraw(),
            cannot_undo(charter),
            rights(charter),
        ];
        let head = format!("{}\nWhat you are asked, and what your answer means\n", charter.title());
        let text = std::iter::once(head).chain(sections.map(Section::text)).collect::<Vec<_>>().join("\n");
        let digest = Digest::of(text.as_bytes());
        Self { text, digest }
    }
}

/// A heading and lines under it.
struct Section {
    heading: &'static str,
    lines: Vec<String>,
}

impl Section {
    fn new(heading: &'static str) -> Self {
        Self { heading, lines: Vec::new() }
    }

    fn say(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    fn list(mut self, items: impl IntoIterator<Item = String>) -> Self {
        self.lines.extend(items.into_iter().map(|item| format!("- {item}")));
        self
    }

    fn text(self) -> String {
        let mut text = format!("{}\n", self.heading);
        for line in self.lines {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

fn who_asks(charter: &Charter) -> Section {
    let controller = charter.controller();
    let signers = charter.signers().iter().map(|s| format!("{}, {}", s.name, s.role.in_words()));
    Section::new("WHO ASKS YOU")
        .say(format!("{}, {}.", controller.name, controller.address))
        .say(format!("Questions: {}.", controller.contact))
        .say(format!("Who speaks for you: {}", charter.worker_representation()))
        .say("These four people must all agree before anything starts. Any one of them can stop it:")
        .list(signers)
}

fn choice() -> Section {
    Section::new("IT IS YOUR CHOICE")
        .say("Nothing is recorded until you say yes and turn recording on.")
        .say("You can say no. You can also not answer. Nothing happens to you then.")
        .say("Nobody in your reporting line can see whether you take part.")
        .say("There is no reward, no target and no smallest number of people.")
}

fn purposes(charter: &Charter) -> Section {
    let purposes = charter.purposes().iter().map(purpose);
    Section::new("WHAT IT IS FOR")
        .say("Each purpose is a choice of its own. You can take one and leave the others.")
        .list(purposes)
}

fn purpose(purpose: &Purpose) -> String {
    let own_work = match purpose.own_work {
        OwnWork::No => "No",
        OwnWork::Parts => "Yes, parts of it",
        OwnWork::Unknown => "Nobody knows",
    };
    format!("{}: {} May the model come to do your own work? {own_work}.", purpose.title, purpose.statement)
}

fn recorded(charter: &Charter) -> Section {
    let scope = charter.scope();
    let device = device(scope.budgets());
    let told = Section::new("WHAT IS RECORDED")
        .say("You choose which of these applications:")
        .list(scope.apps().iter().map(app))
        .say("You choose which of these things:")
        .list(scope.fields().iter().map(|field| field.in_words().to_owned()))
        .say("Each step also holds its time, the name of the application and, in a browser, the site.")
        .say(hours(scope.hours()))
        .say(format!("Your device keeps at most {} a day.", bytes(scope.budgets().bytes_per_day)));
    if device.is_empty() {
        told
    } else {
        told.say("It may use up this much of your device. Above that it records or sends less.").list(device)
    }
}

/// What recording and sending may use up of the person's device, as far as the charter limits it.
fn device(budgets: Budgets) -> Vec<String> {
    let limit = |limit: Option<u32>, words: &str| limit.map(|most| format!("{most} {words}"));
    let battery = budgets.battery_percent_min.map(|least| format!("the battery down to {least} %"));
    let metered = (budgets.upload_when_metered == Some(false))
        .then(|| "nothing is sent over a network that may cost you, unless you say so each time".to_owned());
    let limits = [
        limit(budgets.cpu_percent_max, "% of one processor core"),
        limit(budgets.memory_mib_max, "MiB of memory"),
        limit(budgets.stored_mib_per_hour_max, "MiB stored in an hour"),
        limit(budgets.uploaded_mib_per_hour_max, "MiB sent in an hour, of what you release"),
        battery,
        metered,
    ];
    limits.into_iter().flatten().collect()
}

fn app(app: &AppRule) -> String {
    let mut text = app.title.clone();
    if app.browser {
        let sites: Vec<&str> = app.sites.iter().map(candor_model::Site::as_str).collect();
        text = format!("{text}, only on {} and what belongs to them", sites.join(", "));
    }
    if app.communication {
        text.push_str(". What other people wrote there is masked");
    }
    text
}

fn hours(hours: Hours) -> String {
    let next_day = if hours.from < hours.to { "" } else { " on the next day" };
    if (hours.from, hours.to) == (0, 24) {
        return "Recording is possible at any hour, when you turn it on.".to_owned();
    }
    format!("Recording is possible from {:02}:00 to {:02}:00 UTC{next_day}.", hours.from, hours.to)
}

fn bytes(count: u64) -> String {
    const MEGABYTE: u64 = 1_000_000;
    if count.is_multiple_of(MEGABYTE) { format!("{} MB", count / MEGABYTE) } else { format!("{count} bytes") }
}

fn never_recorded(charter: &Charter) -> Section {
    let scope = charter.scope();
    let apps = scope.never_apps().iter().map(|app| app.title.clone());
    let sites = scope.never_sites().iter().map(|site| format!("{site} and what belongs to it"));
    Section::new("WHAT IS NEVER RECORDED")
        .say("Everything that is not named above. If the software does not know a window, it leaves it out. So also:")
        .list(apps)
        .list(sites)
        .list(NEVER_CAPTURED.map(str::to_owned))
}

/// What no charter can turn on, because no field for it exists.
const NEVER_CAPTURED: [&str; 4] =
    ["private windows", "a locked screen", "passwords", "sound, camera, clipboard and files"];

fn on_device(charter: &Charter) -> Section {
    let masked = Section::new("WHAT HAPPENS ON YOUR DEVICE")
        .say("You always see a sign while it records.")
        .say("Personal details that the software finds are masked before anything is stored. It can miss some.");
    bystanders(charter.bystander_rule(), masked)
        .say("So you look before anything leaves. You can mask more, drop steps or discard all of it.")
        .say("Nothing leaves your device until you release it.")
        .say(format!(
            "Silence is no: what you do not release deletes itself after {}.",
            days(charter.hold_days())
        ))
}

fn bystanders(rule: BystanderRule, section: Section) -> Section {
    match rule {
        BystanderRule::Masked => section.say("What other people wrote or show is masked too."),
        BystanderRule::Recognised => section
            .say("What other people wrote or show in mail, chat, comments and calls is masked too.")
            .say("The software must recognise it for that. It can miss some."),
    }
}

fn recipients(charter: &Charter) -> Section {
    let place = charter.storage().trim_start_matches("loc:");
    Section::new("WHO GETS IT")
        .say(format!(
            "What you release is stored encrypted (country: {place}). The store does not know your name."
        ))
        .say("It knows you by a key that was made for this program alone.")
        .say("Only these may get a dataset, for a purpose that you chose:")
        .list(charter.recipients().iter().map(|recipient| recipient.name.clone()))
}

fn how_long(charter: &Charter) -> Section {
    let caps = charter.caps();
    let wait = match charter.cooling_off_hours() {
        0 => "Your yes counts at once.".to_owned(),
        1 => "Your yes counts 1 hour later. Until then nothing is recorded.".to_owned(),
        hours => format!("Your yes counts {hours} hours later. Until then nothing is recorded."),
    };
    Section::new("HOW LONG")
        .say(wait)
        .say(format!("It ends by itself after {} at the latest.", days(charter.consent_days_max())))
        .say("Nobody renews it for you.")
        .say(format!("What you released is erased after {}.", days(charter.retention_days())))
        .say(format!(
            "The pilot ends after {}. At most {} take part.",
            days(caps.days_max),
            people(caps.contributors_max)
        ))
        .say("It goes on after the pilot only if the four people above agree again.")
}

fn days(count: u32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

fn people(count: u32) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

fn forbidden(charter: &Charter) -> Section {
    let uses = charter.prohibited().iter().map(|term| dpv::in_words(term).to_owned());
    Section::new("WHAT NOBODY MAY USE IT FOR")
        .say("Nobody may use it to:")
        .list(uses.chain(std::iter::once("guess what you feel".to_owned())))
        .say("Every use must name a purpose. A use for another purpose gets nothing.")
}

fn pause() -> Section {
    Section::new("HOW TO PAUSE")
        .say("Press pause, at any time and for as long as you like. Nobody asks why, and nobody is told.")
}

fn withdraw() -> Section {
    Section::new("HOW TO WITHDRAW")
        .say("One step, at any time. You give no reason, and nobody has to agree.")
        .say("It works also when recording is off or the program has stopped.")
        .say("The keys of all your recordings are destroyed. Then nobody can read them, in backups too.")
        .say("Every dataset that held them is marked, and later versions are made without them.")
        .say("Your receipt is your proof. Keep it.")
}

fn cannot_undo(charter: &Charter) -> Section {
    let models = match charter.model_erasure() {
        ModelErasure::Retrain => {
            "A model that learned from them keeps what it learned until it is trained again without them. It must be."
        }
        ModelErasure::FlagOnly => {
            "A model that learned from them keeps what it learned. It is marked, and not trained again for that reason."
        }
        ModelErasure::DoNotTrainIrreversible => {
            "A model may learn from them only if it can be taken out of use or trained again. Until then it keeps what it learned."
        }
    };
    Section::new("WHAT WITHDRAWAL CANNOT UNDO")
        .say(models)
        .say("A copy that a recipient made outside this system is out of its reach. Recipients are told to delete it.")
        .say("The log keeps random numbers where your recordings were. They say nothing about you.")
}

fn rights(charter: &Charter) -> Section {
    Section::new("YOUR RIGHTS")
        .say("You can ask what is kept about you, get a copy, have it erased, and object.")
        .say(format!("Write to {}.", charter.controller().contact))
        .say(format!("You can complain to {}.", charter.controller().authority))
}
