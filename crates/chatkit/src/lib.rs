//! The ChatKit wire: requests, responses, stream events and their framing. No I/O.
//!
//! - [`Request::parse`] reads a request; [`RequestError`] says in words what is wrong with it.
//! - [`Thread`], [`ThreadItem`] and [`Page`] are what JSON answers are made of.
//! - [`Event`] is what a stream is made of: [`Event::to_frame`] writes, [`FrameReader`] reads.
//!
//! Everything written keeps the protocol's rules: members without a value are left out, members
//! with a default are always there, and there are no others.

mod action;
mod annotation;
mod attachment;
mod event;
mod fields;
mod frame;
mod icon;
mod item;
mod message;
mod operation;
mod page;
mod request;
mod structured;
mod thread;
mod time;
mod workflow;

pub use action::{Action, ActionResult};
pub use annotation::{Annotation, AnnotationTag, Source, SourceKind};
pub use attachment::{Attachment, AttachmentKind, UploadDescriptor, UploadMethod};
pub use event::{ErrorCode, Event, NoticeLevel, StreamOptions, Update};
pub use frame::{FrameError, FrameReader, MAX_FRAME};
pub use icon::Icon;
pub use item::{ItemBody, ThreadItem, ToolCallStatus};
pub use message::{
    AssistantContent, AssistantMessage, InferenceOptions, OutputTextTag, ToolChoice, UserContent, UserInput,
    UserMessage,
};
pub use operation::{FeedbackKind, Operation, Transcription};
pub use page::{DEFAULT_PAGE, Order, Page, PageRequest};
pub use request::{Request, RequestError};
pub use structured::{
    Choice, StructuredAnswer, StructuredInput, StructuredInputKind, StructuredStatus, StructuredSubmission,
    SubmissionStatus,
};
pub use thread::{EmptyObject, Thread, ThreadStatus};
pub use time::Timestamp;
pub use workflow::{GeneratedImage, Task, TaskKind, TaskStatus, Workflow, WorkflowKind, WorkflowSummary};

/// JSON that belongs to the integrator: kept as it is, nulls included.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// The examples of the README, checked.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
