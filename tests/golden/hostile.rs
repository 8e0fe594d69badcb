//! Text that has broken generators before, and workflows and pipelines full of it.

use gatewright::plan::azure::{
    self, Filter, Parameter, PullRequests, Pushes, Schedule, Trigger, Variable,
};
use gatewright::plan::github::model::Access;
use gatewright::plan::github::{self, Inputs};
use gatewright::plan::{Comment, Mapping};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

/// Pieces of text that have broken a generator before.
const NASTY: [&str; 50] = [
    "",
    " ",
    "\n",
    "\t",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{FEFF}",
    "\u{202E}",
    "\0",
    "\u{1F600}",
    "'",
    "\"",
    "\\",
    "#",
    " #",
    ": ",
    ":",
    "- ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a",
    "*a",
    "!",
    "|",
    ">",
    "%",
    "@",
    "`",
    "---",
    "...",
    "${{ secrets.X }}",
    "$(Build.X)",
    "yes",
    "null",
    "~",
    "3.10",
    "0x1F",
    "1e3",
    "12:30:45",
    "2026-01-01",
    "<<",
    "=",
    "jobs:\n  x: {}\n",
    "<{ x }> <% x %> #% x",
];

pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(NASTY.as_slice()).prop_map(str::to_owned),
        2 => "[a-zA-Z0-9_./ -]{0,12}",
        1 => "\\PC{0,8}",
        1 => any::<String>().prop_map(|text| text.chars().take(12).collect()),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn mapping() -> impl Strategy<Value = Mapping<String>> {
    vec((hostile(), hostile()), 0..3).prop_map(|pairs| pairs.into_iter().collect())
}

fn note() -> impl Strategy<Value = Comment> {
    hostile().prop_map(Comment::from)
}

prop_compose! {
    fn inputs()(
        comment in note(), persist_credentials in any::<Option<bool>>(), python_version in of(hostile()),
        enable_cache in any::<Option<bool>>(), name in of(hostile()), path in of(hostile()),
        if_no_files_found in of(hostile()), include_hidden_files in any::<Option<bool>>(), fetch_depth in any::<Option<u32>>(), others in vec(of(hostile()), 7),
    ) -> Inputs {
        let text = |index: usize| others[index].clone();
        let mut inputs = Inputs {
            comment, fetch_depth, persist_credentials, python_version, enable_cache, name, path, include_hidden_files, if_no_files_found,
            subject_checksums: text(0), predicate_type: text(1), predicate_path: text(2),
            client_id: text(3), tenant_id: text(4), subscription_id: text(5), plan: text(6),
        };
        // `with:` without inputs is no value at all.
        inputs.name.get_or_insert_default();
        inputs
    }
}

prop_compose! {
    fn github_step()(
        comment in note(), name in hostile(), id in of(hostile()), condition in of(hostile()),
        continue_on_error in any::<Option<bool>>(), timeout_minutes in any::<Option<u32>>(),
        uses in of(hostile()), uses_comment in note(), inputs in of(inputs()), env in mapping(), run in of(hostile()),
    ) -> github::Step {
        github::Step {
            comment, name, id, condition, continue_on_error, timeout_minutes, uses, uses_comment, inputs, env, run,
        }
    }
}

fn defaults() -> impl Strategy<Value = github::Defaults> {
    (hostile(), of(hostile())).prop_map(|(shell, working_directory)| github::Defaults {
        run: github::Run {
            shell,
            working_directory,
        },
    })
}

fn runs_on() -> impl Strategy<Value = github::RunsOn> {
    let made = |label, labels, group| github::RunsOn {
        label,
        labels,
        group,
    };
    prop_oneof![
        hostile().prop_map(move |label| made(Some(label), Vec::new(), None)),
        vec(hostile(), 0..3).prop_map(move |labels| made(None, labels, None)),
        (hostile(), vec(hostile(), 0..3)).prop_map(move |(group, labels)| made(
            None,
            labels,
            Some(group)
        )),
    ]
}

prop_compose! {
    fn github_job()(
        texts in (note(), hostile(), of(hostile()), of(hostile()), of(hostile())), runs_on in runs_on(),
        needs in vec(hostile(), 0..3), timeout_minutes in any::<u32>(),
        permissions in vec((hostile(), any::<bool>(), note()), 0..3),
        env in mapping(), defaults in of(defaults()), outputs in mapping(), steps in vec(github_step(), 1..3),
    ) -> github::Job {
        let (comment, name, condition, container, environment) = texts;
        let permission = |(scope, writes, comment)| {
            let access = if writes { Access::Write } else { Access::Read };
            (scope, github::Permission { access, comment })
        };
        let permissions = permissions.into_iter().map(permission).collect::<Mapping<_>>();
        github::Job {
            comment, name, condition, needs, runs_on: Some(runs_on), container, timeout_minutes: Some(timeout_minutes),
            environment, permissions, env, defaults, outputs, steps, ..github::Job::default()
        }
    }
}

prop_compose! {
    fn called_job()(
        texts in (note(), hostile(), of(hostile()), hostile(), hostile()), needs in vec(hostile(), 0..3),
        access in note(), secrets in mapping(),
    ) -> github::Job {
        let (comment, name, condition, uses, plan) = texts;
        let permission = github::Permission { access: Access::Read, comment: access };
        github::Job {
            comment, name, condition, needs, uses: Some(uses), secrets,
            permissions: [("contents", permission)].into_iter().collect(),
            inputs: Some(Inputs { plan: Some(plan), ..Inputs::default() }),
            ..github::Job::default()
        }
    }
}

prop_compose! {
    fn events()(
        merge_group in any::<bool>(), pull_request in of((vec(hostile(), 0..3), vec(hostile(), 0..3))), crons in vec((hostile(), note()), 0..3), pushes in any::<bool>(),
        branches in vec(hostile(), 1..3), tags in vec(hostile(), 0..3), paths in vec(hostile(), 0..3),
        asks in vec((hostile(), hostile(), any::<bool>(), hostile(), vec(hostile(), 0..3)), 0..3),
    ) -> github::Triggers {
        let inputs = asks.into_iter().map(|(name, description, required, kind, options)| {
            (name, github::Input { description, required, kind, options })
        });
        let schedule = crons.into_iter().map(|(cron, comment)| github::Schedule { cron, comment });
        github::Triggers {
            pull_request: pull_request.map(|(types, paths)| github::PullRequest { types, paths }),
            merge_group,
            schedule: schedule.collect(),
            push: pushes.then_some(github::Push { branches, tags, paths }),
            workflow_dispatch: Some(github::Dispatch { inputs: inputs.collect() }),
        }
    }
}

prop_compose! {
    pub(crate) fn workflow()(
        texts in (note(), hostile(), note(), hostile()), on in events(), cancels in any::<bool>(),
        env in mapping(), defaults in defaults(),
        jobs in vec((hostile(), prop_oneof![github_job(), called_job()]), 1..3),
    ) -> github::Workflow {
        let (comment, name, why, group) = texts;
        github::Workflow {
            comment,
            name,
            on,
            permissions: github::model::Nothing {},
            concurrency: github::Concurrency { comment: why, group, cancel_in_progress: cancels },
            env,
            defaults,
            jobs: jobs.into_iter().collect(),
        }
    }
}

fn filter() -> impl Strategy<Value = Filter> {
    (vec(hostile(), 1..3), vec(hostile(), 0..3))
        .prop_map(|(include, exclude)| Filter { include, exclude })
}

fn variable() -> impl Strategy<Value = Variable> {
    (note(), of(hostile()), hostile(), hostile()).prop_map(|(comment, group, name, value)| {
        match group {
            Some(group) => Variable {
                comment,
                group: Some(group),
                ..Variable::default()
            },
            None => Variable {
                comment,
                name: Some(name),
                value: Some(value),
                ..Variable::default()
            },
        }
    })
}

prop_compose! {
    fn azure_inputs()(texts in vec(of(hostile()), 13), flag in any::<Option<bool>>(), title in hostile()) -> azure::Inputs {
        let text = |index: usize| texts[index].clone();
        azure::Inputs {
            version_spec: text(0), test_results_format: text(1), test_results_files: text(2), search_folder: text(3),
            test_run_title: Some(title), fail_task_on_missing_results_file: flag, build_type: text(4),
            artifact_name: text(5), artifact: text(6), target_path: text(7),
            azure_subscription: text(8), script_type: text(9), script_location: text(10), inline_script: text(11),
            working_directory: text(12), keep_az_session_active: flag,
        }
    }
}

prop_compose! {
    fn azure_step()(
        comment in note(), kind in 0..5, text in hostile(), texts in vec(of(hostile()), 9), env in mapping(),
        inputs in of(azure_inputs()), plan in of(hostile()), number in any::<Option<u32>>(),
    ) -> azure::Step {
        let only = |wanted: i32| (kind == wanted).then(|| text.clone());
        let text = |index: usize| texts[index].clone();
        let count = |index| text(index).map(|text| number.map_or(azure::Count::Text(text), azure::Count::Number));
        azure::Step {
            comment, download: only(0), checkout: only(1), task: only(2), bash: only(3), template: only(4),
            parameters: plan.map(|plan| azure::Parameters { plan }),
            display_name: text(0), name: text(1), condition: text(2), continue_on_error: text(3),
            timeout_in_minutes: count(4), fetch_depth: text(5), persist_credentials: text(6), inputs,
            working_directory: text(7), env, retry_count_on_task_failure: count(8),
        }
    }
}

prop_compose! {
    fn azure_job()(
        comment in note(), id in hostile(), deploys in any::<bool>(),
        texts in (hostile(), hostile(), of(hostile()), of(hostile()), of(hostile())),
        depends_on in vec(hostile(), 0..3), variables in vec(variable(), 0..3), steps in vec(azure_step(), 1..3),
    ) -> azure::Job {
        let (display_name, timeout_in_minutes, environment, condition, container) = texts;
        let common = azure::Job {
            comment, display_name, depends_on, condition, container, timeout_in_minutes, environment, variables, ..azure::Job::default()
        };
        let run_once = azure::model::RunOnce { deploy: azure::model::Deploy { steps: steps.clone() } };
        if deploys {
            azure::Job { deployment: Some(id), strategy: Some(azure::Strategy { run_once }), ..common }
        } else {
            azure::Job { job: Some(id), steps, ..common }
        }
    }
}

prop_compose! {
    fn stage()(
        comment in note(), texts in (hostile(), hostile(), of(hostile())), depends_on in vec(hostile(), 0..3),
        jobs in vec(azure_job(), 1..3),
    ) -> azure::Stage {
        let (stage, display_name, condition) = texts;
        azure::Stage { comment, stage, display_name, depends_on, condition, jobs }
    }
}

prop_compose! {
    fn pushes()(branches in filter(), paths in of(filter()), tags in of(filter())) -> Pushes {
        Pushes { branches, paths, tags }
    }
}

prop_compose! {
    fn parameter()(texts in vec(hostile(), 3), default in of(hostile()), values in vec(hostile(), 0..3)) -> Parameter {
        let text = |index: usize| texts[index].clone();
        Parameter { name: text(0), display_name: text(1), kind: text(2), default, values }
    }
}

prop_compose! {
    fn schedule()(cron in hostile(), display_name in hostile(), branches in filter(), always in hostile()) -> Schedule {
        Schedule { cron, display_name, branches, always }
    }
}

prop_compose! {
    pub(crate) fn pipeline()(
        comment in note(), pushes in of(pushes()), pull_requests in of((filter(), of(filter()))),
        parameters in vec(parameter(), 0..3), schedules in vec(schedule(), 0..3),
        texts in (of(hostile()), hostile(), of(hostile())), demands in vec(hostile(), 0..3), variables in vec(variable(), 0..3), stages in vec(stage(), 1..3),
    ) -> azure::Pipeline {
        let (branches, paths) = pull_requests.unzip();
        azure::Pipeline {
            comment,
            parameters,
            trigger: Trigger { pushes },
            pr: PullRequests { branches, paths: paths.flatten() },
            schedules,
            lock_behavior: texts.0,
            pool: azure::Pool { vm_image: Some(texts.1), name: texts.2, demands },
            variables,
            stages,
        }
    }
}
