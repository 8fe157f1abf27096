//! One of the two builds of a duel.

use crate::fail::Fail;
use crate::revision::Revision;
use crate::say::note;
use lanes_measure::guest::models;
use lanes_measure::process::Launch;
use lanes_measure::protocol::Described;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// A build, ready to be measured.
#[derive(Clone)]
pub(crate) struct Side {
    /// What it is: the path as it was given, or the commit.
    pub(crate) what: String,
    /// How its worker is started.
    pub(crate) launch: Launch,
    /// The models that it has.
    pub(crate) models: Vec<Described>,
}

impl Side {
    /// The build that an argument names: a file, or else a revision. `title` is
    /// the argument's own name. The executable is copied into `folder`.
    ///
    /// A copy is not replaced while it is measured. Those of both builds have
    /// paths of one length, as long as their folders do: a path is on the
    /// stack of a process, and moves all that is below it (Mytkowicz and
    /// others, "Producing wrong data without doing anything obviously wrong",
    /// 2009).
    ///
    /// # Errors
    /// [`Fail::Usage`] for what is no build, and those of [`Revision::build`].
    pub(crate) fn of(
        title: &str,
        argument: &str,
        folder: &Path,
        stop: &AtomicBool,
    ) -> Result<Self, Fail> {
        let (what, program) = if Path::new(argument).is_file() {
            (argument.to_owned(), argument.into())
        } else if let Some(revision) = Revision::find(argument) {
            if revision.is_changed_here() {
                note!(
                    "{argument} is what was committed; give the path of \
                     a build to measure the changes since"
                );
            }
            let program = revision.build(stop)?;
            (revision.commit, program)
        } else {
            return Err(Fail::Usage(format!(
                "{title} {argument:?} is neither an executable file nor a \
                 revision of the git repository here"
            )));
        };
        let copy = folder.join("lanes");
        fs::create_dir_all(folder)
            .and_then(|()| fs::copy(&program, &copy))
            .map_err(|error| Fail::Usage(format!("{title} {what}: {error}")))?;
        let arguments = vec!["worker".into()];
        let launch = Launch::opened(&copy, arguments);
        let models = models(&launch).map_err(|failure| {
            let copy = copy.to_string_lossy();
            let why = failure.to_string().replace(&*copy, &what);
            Fail::Usage(format!(
                "{title} {what} is no worker that this version of Lanes can \
                 measure: {why}"
            ))
        })?;
        if models.is_empty() {
            let why = format!("{title} {what} is a worker without models");
            return Err(Fail::Usage(why));
        }
        let odd = |c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c);
        let strange = models.iter().find(|model| model.model.contains(odd));
        if let Some(strange) = strange {
            let name = &strange.model;
            let why = format!("{title} {what} has a model called {name:?}");
            return Err(Fail::Usage(why));
        }
        Ok(Self { what, launch, models })
    }

    /// The model with this name, if the build has it.
    pub(crate) fn model(&self, name: &str) -> Option<&Described> {
        self.models.iter().find(|described| described.model == name)
    }

    /// Whether the build has a cell.
    pub(crate) fn has(&self, workload: &str, model: &str) -> bool {
        let model = self.model(model);
        model.is_some_and(|model| {
            model.cells.iter().any(|cell| cell.workload == workload)
        })
    }
}
