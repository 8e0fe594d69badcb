//! The pipeline that puts back the version that was live before, by hand.
//!
//! The one decision here: it acts in the environment that holds the credentials for moving the
//! alias, so whoever must approve a promotion must approve its undoing too. What a person typed
//! reaches a command through variables only.

use super::action::{Action, RollbackCall};
use super::environment::Variables;
use super::job::{Env, Job, Step, Value, When};
use super::process::{Answer, Input, Kind, Pipeline, Triggers};
use super::shell::{REASON, ROLLBACK_TO};
use super::step::{self, plain};
use super::{promotion, refs, traffic};
use crate::spec::{Environment, Spec};

const WHY: &str = "Puts back the version that was live before in one environment, or one that a \
    person names, with the reason on record. Started by hand.";

/// The input that names the environment.
pub(super) const ENVIRONMENT: &str = "environment";

/// Plans the pipeline; `None` where no pipeline moves an alias.
pub(super) fn pipeline(spec: &Spec) -> Option<Pipeline> {
    let jobs: Vec<_> = refs::promoted(spec)
        .map(|environment| job(spec, environment))
        .collect();
    if jobs.is_empty() {
        return None;
    }
    Some(Pipeline {
        kind: Kind::Rollback,
        name: format!("{} rollback", spec.project),
        why: WHY.to_owned(),
        triggers: Triggers {
            manual: true,
            inputs: inputs(spec),
            ..Triggers::default()
        },
        env: step::pipeline_env(spec),
        jobs,
    })
}

fn inputs(spec: &Spec) -> Vec<Input> {
    let names = refs::promoted(spec).map(|environment| environment.name.clone());
    vec![
        Input {
            name: ENVIRONMENT,
            description: "Where to put a version back",
            answer: Answer::Choice(names.collect()),
        },
        Input {
            name: "version",
            description: "The version to put back; leave it empty for the one that was live before",
            answer: Answer::TextOrNothing,
        },
        Input {
            name: "reason",
            description: "Why, for the record",
            answer: Answer::Text,
        },
    ]
}

fn job(spec: &Spec, environment: &Environment) -> Job {
    let name = environment.name.as_str();
    let id = step::promotion_id(name);
    let variables = Variables::of(environment);
    let approved = environment
        .approval
        .as_ref()
        .map_or("", |_| ", and after the same approval");
    let lost = if promotion::stores(environment).next().is_some() {
        " The store of the spec is a file that no job finds after the delivery: until the spec \
         names a server, this can only fail."
    } else {
        ""
    };
    let why = format!(
        "Puts a version back in `{name}`. It acts in the environment `{id}`, as a promotion does, \
         with the same credentials{approved}.{lost}"
    );
    let mut steps = step::judge(&spec.ci.install);
    steps.extend(traffic::sign_in(spec, environment));
    steps.push(by_hand(environment, &variables));
    steps.extend(traffic::back(spec, environment, &variables));
    Job {
        id: name.to_owned(),
        name: name.to_owned(),
        why,
        needs: Vec::new(),
        when: When::Chosen(name.to_owned()),
        environment: Some(promotion::ci_environment(&id, &variables)),
        timeout_minutes: step::around(&spec.ci.install).saturating_add(traffic::timeout(spec)),
        env: variables.job.clone(),
        outputs: Vec::new(),
        steps,
    }
}

fn by_hand(environment: &Environment, variables: &Variables) -> Step {
    let mut env: Env = [
        (REASON, Value::Input("reason")),
        (ROLLBACK_TO, Value::Input("version")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    env.extend(variables.step.clone());
    step(environment, env)
}

/// Puts a version back, with the variables for the reason and the version.
pub(super) fn step(environment: &Environment, env: Env) -> Step {
    let call = RollbackCall {
        environment: environment.name.clone(),
        reason: REASON.to_owned(),
        version: ROLLBACK_TO.to_owned(),
        env,
    };
    plain("Roll back", Action::Rollback(call))
}
