//! Who approved the stage that this command runs in.
//!
//! A build's timeline has a record of type `Checkpoint.Approval` for every approval, below the
//! stage's checkpoint; the record's id is that of the approval, which knows who gave it.
//!
//! <https://learn.microsoft.com/rest/api/azure/devops/build/timeline/get>,
//! <https://learn.microsoft.com/rest/api/azure/devops/approvalsandchecks/approvals/get>

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::session::Session;
use crate::console::Environment;
use crate::host::approval::Approval;
use crate::host::failure::Failure;
use crate::host::limits;
use crate::host::sticky::within;

/// The version of the API that is spoken.
const VERSION: &str = "api-version=7.1";

/// The address of the organisation, or of the collection on a server.
const COLLECTION: &str = "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI";

/// How many approvals are looked up.
const MOST: usize = 10;

/// How deep a record may be below its stage.
const DEEPEST: usize = 8;

#[derive(Deserialize)]
struct Timeline {
    #[serde(default)]
    records: Vec<Line>,
}

/// One record of a timeline.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    parent_id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    identifier: Option<String>,
    result: Option<String>,
    finish_time: Option<String>,
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    status: Option<String>,
    actual_approver: Option<Person>,
    last_modified_on: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    unique_name: Option<String>,
    display_name: Option<String>,
}

/// The approvals of the stage that this command runs in; of the whole build, where nobody says
/// which stage that is.
///
/// # Errors
/// When Azure DevOps cannot be asked.
pub(in crate::host) fn approvals(environment: &Environment) -> Result<Vec<Approval>, Failure> {
    let deadline = limits::deadline(environment)?;
    let asked = Asked::of(environment)?;
    within(deadline, async {
        let session = Session::start(&asked.collection, environment, deadline)?;
        let timeline: Timeline = get(&session, &asked.timeline()).await?;
        let mut approvals = Vec::new();
        for (line, stage) in asked.approved(&timeline.records) {
            // Who it was is worth a question, and no failure.
            let given = get::<Given>(&session, &asked.approval(&line.id)).await;
            approvals.push(approval(line, stage, given.ok()));
        }
        Ok(approvals)
    })
}

async fn get<T: DeserializeOwned>(session: &Session, address: &str) -> Result<T, Failure> {
    let body = session.get(address).await?;
    serde_json::from_slice(&body).map_err(|error| Failure::Malformed {
        reason: format!(
            "it is not what was asked for ({:?} error)",
            error.classify()
        ),
    })
}

/// The build, and the stage.
struct Asked {
    collection: Url,
    project: String,
    build: u64,
    stage: Option<String>,
}

impl Asked {
    fn of(environment: &Environment) -> Result<Self, Failure> {
        let require = |name| {
            environment.get(name).ok_or_else(|| Failure::Setting {
                name,
                reason: "it is not set".to_owned(),
            })
        };
        let build = require("BUILD_BUILDID")?;
        Ok(Self {
            collection: limits::server(COLLECTION, require(COLLECTION)?)?,
            project: require("SYSTEM_TEAMPROJECTID")?.to_owned(),
            build: build.parse().map_err(|_| Failure::Setting {
                name: "BUILD_BUILDID",
                reason: "it is not a number".to_owned(),
            })?,
            stage: environment.get("SYSTEM_STAGENAME").map(str::to_owned),
        })
    }

    fn timeline(&self) -> String {
        self.address(&format!("build/builds/{}/timeline?{VERSION}", self.build))
    }

    fn approval(&self, id: &str) -> String {
        let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
        self.address(&format!("pipelines/approvals/{id}?$expand=steps&{VERSION}"))
    }

    fn address(&self, below: &str) -> String {
        format!(
            "{}/{}/_apis/{below}",
            self.collection.as_str().trim_end_matches('/'),
            utf8_percent_encode(&self.project, NON_ALPHANUMERIC)
        )
    }

    /// The approvals that were given for our stage, with its name.
    fn approved<'l>(&self, lines: &'l [Line]) -> Vec<(&'l Line, String)> {
        let given = |line: &&Line| {
            line.kind == "Checkpoint.Approval" && line.result.as_deref() == Some("succeeded")
        };
        let lines_given = lines.iter().filter(given);
        lines_given
            .filter_map(|line| {
                let stage = stage_of(line, lines)?;
                let ours = self.stage.is_none() || self.stage == stage.identifier;
                let name = stage.name.clone().or_else(|| stage.identifier.clone());
                ours.then(|| (line, name.unwrap_or_default()))
            })
            .take(MOST)
            .collect()
    }
}

/// The stage that a record is below.
fn stage_of<'l>(line: &'l Line, lines: &'l [Line]) -> Option<&'l Line> {
    let mut line = line;
    for _ in 0..DEEPEST {
        if line.kind == "Stage" {
            return Some(line);
        }
        let parent = line.parent_id.as_ref()?;
        line = lines.iter().find(|line| line.id == *parent)?;
    }
    None
}

fn approval(line: &Line, stage: String, given: Option<Given>) -> Approval {
    let steps = given.map(|given| given.steps).unwrap_or_default();
    let is_given = |step: &Step| step.status.as_deref() == Some("approved");
    let step = steps.into_iter().find(is_given);
    let (by, at) = match step {
        Some(step) => (
            step.actual_approver
                .and_then(|person| person.unique_name.or(person.display_name)),
            step.last_modified_on,
        ),
        None => (None, None),
    };
    Approval {
        kind: "azure",
        about: stage,
        by,
        at: at.or_else(|| line.finish_time.clone()),
    }
}
