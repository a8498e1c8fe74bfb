//! The law: programs, charters, notices, sign-offs, consents, leases, and the one decision.
//!
//! A works council's expert should be able to read this room in an hour. Everything here is a type or a pure function:
//! there is no clock, no randomness, no file and no network. Time, entropy and bytes come in as arguments.
//!
//! The path of a program: four people read a [`Charter`] (TOML, exact bytes, named by its digest). [`Notice::of`] says in
//! plain words what the charter allows, from the charter alone. Each signer states a [`SignOff`] over the charter's digest;
//! with all four the [`ProgramState`] may become a pilot. A contributor makes a [`Choice`], which becomes a [`Grant`] with
//! a consent record (ISO/IEC TS 27560 by DPV 2.3), signed by their key; [`Consent::verify`] checks it against the charter.
//! A [`Receipt`] carries all of it in the person's hands. At each observation [`decide`] answers with a [`Permit`] or with
//! every reason against it; at each use [`decide_use`] answers with a [`UsePermit`] or with every reason against it.
//!
//! What is absent on purpose: a minimum number of participants, a reason or an approver for a withdrawal, an exemption
//! for a person, a name of a contributor, a view by person, a way to make a permit without a decision.
//!
//! Invariants: the default of every decision is no. [`Permit`], [`UsePermit`], [`Consent`] and [`Verified`] have one maker
//! each. A charter that was parsed is valid; nothing in it changes. What is said about a charter is bound to its digest.

mod act;
mod charter;
mod choice;
mod consent;
mod decision;
pub mod dpv;
mod error;
mod lease;
mod notice;
mod program;
mod purpose;
mod question;
mod reason;
mod receipt;
mod record;
mod request;
mod role;
mod scope;
mod sign_off;
mod template;
mod use_decision;
mod verified;
mod withdrawal;

pub use act::{Act, ProgramAct};
pub use charter::{
    BystanderRule, Caps, Charter, CharterError, Controller, Document, DocumentKind, Fault, ModelErasure,
    Recipient, Signer,
};
pub use choice::Choice;
pub use consent::{Consent, ConsentError, Grant};
pub use decision::{Context, Permit, Used, World, decide};
pub use error::StatementError;
pub use lease::Lease;
pub use notice::Notice;
pub use program::{
    Approval, ApprovalError, Assessing, AwaitingSignOff, Closed, Closing, Consulting, Draft, Halted,
    Interrupted, Pilot, PilotReview, Production, ProgramError, ProgramState,
};
pub use purpose::{OwnWork, Purpose};
pub use question::Question;
pub use reason::{Reason, Refusal};
pub use receipt::{Receipt, ReceiptError};
pub use record::record;
pub use request::DatasetRequest;
pub use role::Role;
pub use scope::{AppRule, Budgets, Field, Hours, NeverApp, Scope};
pub use sign_off::{Decision, SignOff};
pub use template::{CHARTER_TEMPLATE, TemplateError, fill_charter_template};
pub use use_decision::{UsePermit, decide_use};
pub use verified::Verified;
pub use withdrawal::Withdrawal;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod testing;
