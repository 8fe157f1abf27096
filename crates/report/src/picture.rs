//! Timelines as small multiples on one time axis.

use crate::axis::{self, Ticks};
use crate::columns::{Grid, Run, most};
use crate::path::{Path, path};
use crate::rows::{Doing, Row, task_rows, worker_rows};
use crate::style::{COLOUR_COUNT, Look, definitions};
use crate::text::{count, cut, escape, number, width, wrap};
use crate::timeline::Timeline;
use lanes_core::Error;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

/// What has a row of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// Tasks: a thread and a future look alike.
    Tasks,
    /// Workers: the wait of a future is not there, since it occupies none.
    Workers,
}

impl View {
    fn title(self) -> &'static str {
        match self {
            Self::Tasks => "by task",
            Self::Workers => "by worker",
        }
    }
}

/// Timelines, stacked on one time axis, and what is written around them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Picture {
    /// Large, at the top.
    pub title: String,
    /// Below the title.
    pub subtitle: String,
    /// A paragraph above the panels.
    pub above: String,
    /// A paragraph below the panels.
    pub below: String,
    /// What lengths are multiples of (U), if there is such a thing.
    pub unit: Option<Duration>,
    /// The views that each panel has, one above the other.
    pub views: Vec<View>,
    /// One panel each; every run begins at zero.
    pub timelines: Vec<Timeline>,
}

impl Default for Picture {
    /// An empty picture by task.
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: String::new(),
            above: String::new(),
            below: String::new(),
            unit: None,
            views: vec![View::Tasks],
            timelines: Vec::new(),
        }
    }
}

/// No view of a panel has more rows; tasks or workers share rows where there
/// are more of them.
pub const MOST_ROWS: usize = 24;
/// No picture is longer.
pub const MOST_BYTES: usize = 300_000;

/// The picture, in pixels.
const WIDTH: f64 = 900.0;
const MARGIN: f64 = 20.0;
const NOTE: f64 = 11.0;
/// How much wider bold letters are.
const BOLD: f64 = 1.15;
/// How wide a column is, and whether tasks have their number in their bars,
/// from fine to coarse: the finest that is short enough is taken.
const LEVELS: [(usize, bool); 6] =
    [(1, true), (2, true), (4, true), (4, false), (8, false), (16, false)];

/// The picture as an SVG document, 900 pixels wide and no longer than
/// [`MOST_BYTES`].
///
/// # Errors
/// [`Error::Invalid`] for a timeline without spans or with spans outside it, a
/// picture without timelines or views, a unit of zero, and more text or panels
/// than fit.
pub fn svg(picture: &Picture) -> Result<String, Error> {
    let invalid = |why: String| Err(Error::Invalid(why));
    if picture.timelines.is_empty() || picture.views.is_empty() {
        return invalid(
            "a picture without a timeline or without a view".into(),
        );
    }
    if picture.unit == Some(Duration::ZERO) {
        return invalid("a picture whose unit is zero".into());
    }
    for timeline in &picture.timelines {
        timeline.check()?;
    }
    let scene = Scene::of(picture);
    for (column, marks) in LEVELS {
        let document = Sheet::new(&scene, column, marks).document();
        if document.len() <= MOST_BYTES {
            return Ok(document);
        }
    }
    invalid(format!(
        "a picture of {} timelines does not fit into {} bytes: make several",
        picture.timelines.len(),
        count(MOST_BYTES)
    ))
}

/// What is found out once, however coarse the columns are.
struct Scene<'a> {
    picture: &'a Picture,
    /// The longest run, in nanoseconds.
    axis: u64,
    /// How many tasks and how many workers share a row.
    tasks: usize,
    workers: usize,
    /// How many groups of tasks there are, and the number of the last task.
    classes: usize,
    last: usize,
    panels: Vec<Panel<'a>>,
}

struct Panel<'a> {
    timeline: &'a Timeline,
    path: Path,
    views: Vec<(View, Vec<Row>)>,
}

impl<'a> Scene<'a> {
    fn of(picture: &'a Picture) -> Self {
        let all = || picture.timelines.iter();
        let last = all().map(Timeline::last_task).max().unwrap_or(0);
        let workers = all().map(Timeline::worker_count).max().unwrap_or(0);
        let tasks = shared(last);
        let workers = shared(workers.saturating_sub(1));
        let panel = |timeline: &'a Timeline| {
            let rows = |view: &View| match view {
                View::Tasks => task_rows(timeline, tasks),
                View::Workers => worker_rows(timeline, workers),
            };
            let views = picture.views.iter().map(|view| (*view, rows(view)));
            let (path, views) = (path(timeline), views.collect());
            Panel { timeline, path, views }
        };
        Self {
            picture,
            axis: all().map(Timeline::wall).max().unwrap_or(0).max(1),
            tasks,
            workers,
            classes: last / tasks + 1,
            last,
            panels: all().map(panel).collect(),
        }
    }

    /// `7.1 U · 142 ms`, or the time alone.
    fn total(&self, time: Duration) -> String {
        let time = time.as_nanos();
        match self.picture.unit {
            Some(unit) => {
                let units = axis::units(time, unit);
                format!("{units} U · {}", axis::time(time))
            }
            None => axis::time(time),
        }
    }

    /// A length and what it is made of.
    fn made_of(&self, path: &Path) -> String {
        let brief = |time: Duration| match self.picture.unit {
            Some(unit) => axis::units(time.as_nanos(), unit),
            None => axis::time(time.as_nanos()),
        };
        let parts = [
            ("compute", path.compute()),
            ("I/O", path.io()),
            ("waiting", path.waiting()),
        ];
        // A thousandth cannot be seen.
        let seen = parts.iter().filter(|(_, t)| *t * 1000 >= path.length());
        let parts = seen.map(|(what, time)| format!("{what} {}", brief(*time)));
        let unit = if self.picture.unit.is_some() { " U" } else { "" };
        format!(
            "critical path {}{unit} = {}",
            brief(path.length()),
            parts.collect::<Vec<_>>().join(" + ")
        )
    }

    /// The label of a row.
    fn label(&self, timeline: &Timeline, view: View, row: usize) -> String {
        let (size, count, noun) = match view {
            View::Tasks => {
                (self.tasks, timeline.last_task().saturating_add(1), "tasks")
            }
            View::Workers => (self.workers, timeline.worker_count(), "workers"),
        };
        let first = row * size;
        match (view, size) {
            (View::Tasks, 1) => timeline.task_label(first),
            (View::Workers, 1) => timeline.worker_label(first),
            _ => {
                let last = first.saturating_add(size - 1).min(count - 1);
                let one = noun.trim_end_matches('s');
                match last - first {
                    0 => format!("{one} {first}"),
                    _ => format!("{noun} {first}–{last}"),
                }
            }
        }
    }

    /// What stands in the bars of a group of tasks.
    fn mark(&self, timeline: &Timeline, class: usize) -> String {
        if self.tasks == 1 {
            return timeline.task_mark(class);
        }
        let first = class * self.tasks;
        let last = first.saturating_add(self.tasks - 1).min(self.last);
        match last - first {
            0 => first.to_string(),
            _ => format!("{first}–{last}"),
        }
    }
}

/// How many tasks or workers share a row, if the last has this number: 1, 2, 5,
/// 10 and so on, since `40–49` is easier to find than `39–45`.
fn shared(last: usize) -> usize {
    let powers = (0..).map_while(|power| 10usize.checked_pow(power));
    let mut sizes = powers
        .flat_map(|power| [1, 2, 5].map(|factor| power.saturating_mul(factor)));
    let size = sizes.find(|size| last / size < MOST_ROWS);
    size.unwrap_or(usize::MAX)
}

/// A document in the making.
struct Sheet<'a> {
    scene: &'a Scene<'a>,
    grid: Grid,
    /// Pixels of a column.
    column: usize,
    marks: bool,
    /// Where the time axis begins, and how long it is.
    left: f64,
    plot: f64,
    top_ticks: Ticks,
    bottom_ticks: Ticks,
    looks: BTreeSet<Look>,
}

/// A stretch of the critical path, in columns.
struct Stroke {
    row: usize,
    /// Whether it occupied no worker.
    away: bool,
    from: usize,
    to: usize,
}

/// How high the rows of a view are.
#[derive(Clone, Copy)]
struct Pitch {
    bar: f64,
    pitch: f64,
}

impl Pitch {
    fn of(rows: usize) -> Self {
        match rows {
            0..=6 => Self { bar: 16.0, pitch: 22.0 },
            7..=12 => Self { bar: 13.0, pitch: 18.0 },
            _ => Self { bar: 11.0, pitch: 15.0 },
        }
    }
}

impl<'a> Sheet<'a> {
    fn new(scene: &'a Scene<'a>, column: usize, marks: bool) -> Self {
        let labels = scene.panels.iter().flat_map(|panel| {
            panel.views.iter().flat_map(move |(view, rows)| {
                let label = move |row| scene.label(panel.timeline, *view, row);
                (0..rows.len()).map(label)
            })
        });
        let widest = labels.map(|label| width(&label, NOTE));
        let widest = widest.fold(50.0, f64::max).min(150.0);
        let left = (MARGIN + widest + 8.0).ceil();
        let columns = (WIDTH - MARGIN - left) as usize / column;
        let bottom_ticks = axis::in_time(scene.axis, 10);
        let top_ticks = match scene.picture.unit {
            Some(unit) => axis::in_units(scene.axis, unit, 12),
            None => axis::in_time(scene.axis, 10),
        };
        Self {
            scene,
            grid: Grid { axis: scene.axis, columns },
            column,
            marks,
            left,
            plot: (columns * column) as f64,
            top_ticks,
            bottom_ticks,
            looks: BTreeSet::new(),
        }
    }

    fn document(mut self) -> String {
        let scene = self.scene;
        let panels: Vec<(String, f64)> =
            scene.panels.iter().map(|panel| self.panel(panel)).collect();
        let picture = scene.picture;
        let mut body = String::new();
        let mut y = MARGIN;
        let whole = WIDTH - 2.0 * MARGIN;
        for (text, class, size, line) in [
            (&picture.title, "title", 18.0 * BOLD, 24.0),
            (&picture.subtitle, "sub", 13.0, 18.0),
            (&picture.above, "above", NOTE, 15.0),
        ] {
            for text in wrap(text, size, whole) {
                y += line;
                body.push_str(&label(MARGIN, y - 6.0, class, &text));
            }
        }
        y = self.legend(y + 6.0, &mut body);
        y = self.scale(&self.top_ticks, y, true, &mut body);
        for (panel, height) in panels {
            let _ = write!(
                body,
                "<g transform=\"translate(0 {})\">{panel}</g>",
                number(y)
            );
            y += height;
        }
        y = self.scale(&self.bottom_ticks, y, false, &mut body);
        let mut below = wrap(&picture.below, NOTE, whole);
        for remark in self.remarks() {
            below.extend(wrap(&remark, NOTE, whole));
        }
        for text in below {
            y += 15.0;
            body.push_str(&label(MARGIN, y, "note", &text));
        }
        let height = number((y + MARGIN).ceil());
        let description = self.description();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lanes\" \
             width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             style=\"max-width:100%;height:auto\">\n\
             <title>{}</title>\n<desc>{}</desc>\n{}\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n\
             {body}\n</svg>\n",
            escape(&picture.title),
            escape(&description),
            definitions(&self.looks),
        )
    }

    /// The picture in words.
    fn description(&self) -> String {
        let panels = self.scene.panels.iter().map(|panel| {
            let Panel { timeline, path, .. } = panel;
            let wall = Duration::from_nanos(timeline.wall());
            format!(
                "{}: {}{}; {}.",
                cut(&timeline.name, NOTE, 600.0),
                self.scene.total(wall),
                if timeline.drawn { ", drawn, not measured" } else { "" },
                self.scene.made_of(path)
            )
        });
        let count = self.scene.panels.len();
        let plural = if count == 1 { "" } else { "s" };
        format!(
            "{count} timeline{plural} on one time axis. {}",
            panels.collect::<Vec<_>>().join(" ")
        )
    }

    /// What the picture as a whole leaves out.
    fn remarks(&self) -> Vec<String> {
        let Scene { tasks, workers, picture, .. } = self.scene;
        let shown = |view| picture.views.contains(&view);
        let mut remarks = Vec::new();
        let groups = self.looks.iter().filter_map(|look| match look {
            Look::Group(class) => Some(*class),
            Look::Other(_) => None,
        });
        let last = groups.max();
        if last.is_some() && *tasks > 1 {
            remarks.push(format!(
                "Each colour stands for {} tasks with consecutive numbers.",
                count(*tasks)
            ));
        }
        if last >= Some(COLOUR_COUNT) {
            remarks.push(format!(
                "Colours repeat every {} tasks, with other lines on them.",
                count(tasks.saturating_mul(COLOUR_COUNT))
            ));
        }
        if *tasks > 1 && shown(View::Tasks) {
            remarks.push(
                "A row of several tasks shows what most of those did that \
                 had begun and not ended; they are ready while none of them \
                 had a worker."
                    .to_owned(),
            );
        }
        if *workers > 1 && shown(View::Workers) {
            remarks.push(
                "A row of several workers shows what most of them did."
                    .to_owned(),
            );
        }
        remarks
    }

    fn panel(&mut self, panel: &Panel<'_>) -> (String, f64) {
        let Panel { timeline, path, views } = panel;
        let mut out = String::new();
        let mut y = 0.0;
        if let Some(heading) = &timeline.heading {
            for line in wrap(heading, 14.0 * BOLD, WIDTH - 2.0 * MARGIN) {
                out.push_str(&label(MARGIN, y + 16.0, "head", &line));
                y += 19.0;
            }
            y += 3.0;
        }
        if timeline.drawn {
            y += 8.0;
        }
        let top = y;
        self.headline(timeline, path, y, &mut out);
        y += 22.0;
        for (view, rows) in views {
            if views.len() > 1 {
                let text = view.title();
                let _ = write!(
                    out,
                    "<text class=\"note end\" font-style=\"italic\" \
                     x=\"{}\" y=\"{}\">{text}</text>",
                    self.left - 8.0,
                    y + 9.0
                );
                y += 14.0;
            }
            y = self.view(panel, *view, rows, y, &mut out);
        }
        for text in self.notes(timeline) {
            for line in wrap(&text, NOTE, self.plot) {
                out.push_str(&label(self.left, y + 11.0, "note", &line));
                y += 14.0;
            }
        }
        if timeline.drawn {
            let _ = write!(
                out,
                "<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" \
                 height=\"{}\"/>",
                MARGIN - 8.0,
                number(top - 2.0),
                WIDTH - 2.0 * MARGIN + 16.0,
                number(y - top + 6.0)
            );
            y += 4.0;
        }
        (out, y + 8.0)
    }

    /// Name, total and critical path.
    fn headline(
        &self,
        timeline: &Timeline,
        path: &Path,
        y: f64,
        out: &mut String,
    ) {
        let wall = Duration::from_nanos(timeline.wall());
        let total = self.scene.total(wall);
        let made_of = self.scene.made_of(path);
        let drawn = if timeline.drawn { "drawn, not measured" } else { "" };
        let taken = width(&total, 13.0)
            + width(drawn, 13.0)
            + width(&made_of, NOTE)
            + 120.0;
        let room = (WIDTH - 2.0 * MARGIN - taken).max(60.0);
        let name = cut(&timeline.name, 13.0 * BOLD, room);
        let baseline = number(y + 15.0);
        let _ = write!(
            out,
            "<text x=\"{MARGIN}\" y=\"{baseline}\"><title>{}</title>\
             <tspan class=\"name\">{}</tspan>\
             <tspan class=\"total\" dx=\"10\">{}</tspan>",
            escape(&cut(&timeline.name, NOTE, 2000.0)),
            escape(&name),
            escape(&total),
        );
        // Of two views each has its own line.
        if let [view] = self.scene.picture.views[..] {
            let view = view.title();
            let _ = write!(
                out,
                "<tspan class=\"note\" dx=\"14\" \
                 font-style=\"italic\">{view}</tspan>"
            );
        }
        if timeline.drawn {
            let _ =
                write!(out, "<tspan class=\"drawn\" dx=\"14\">{drawn}</tspan>");
        }
        let right = self.left + self.plot;
        let _ = write!(
            out,
            "</text><text class=\"note end\" x=\"{right}\" \
             y=\"{baseline}\">{}</text>",
            escape(&made_of)
        );
    }

    /// What is written under a panel.
    fn notes(&self, timeline: &Timeline) -> Vec<String> {
        let mut notes: Vec<String> = timeline.note.iter().cloned().collect();
        let views = &self.scene.picture.views;
        let spans = timeline.spans.iter();
        let away = spans.filter(|span| span.worker.is_none()).count();
        if views.contains(&View::Workers) && away > 0 {
            let (is, not) = match away {
                1 => ("wait occupies", "it is not in the rows"),
                _ => ("waits occupy", "they are not in the rows"),
            };
            notes.push(format!(
                "{} {is} no worker: {not} by worker.",
                count(away)
            ));
        }
        let narrow = timeline.spans.iter().filter(|span| {
            let long = u128::from(span.end - span.begin);
            long * (self.grid.columns as u128) < u128::from(self.grid.axis)
        });
        let (narrow, all) = (narrow.count(), timeline.spans.len());
        if narrow > 0 {
            let pixels = match self.column {
                1 => "a pixel".to_owned(),
                more => format!("{more} pixels"),
            };
            notes.push(format!(
                "{} of {} spans, narrower than {pixels}, merged by majority \
                 of time.",
                count(narrow),
                count(all)
            ));
        }
        notes
    }

    /// The rows of a view; returns where they end.
    fn view(
        &mut self,
        panel: &Panel<'_>,
        view: View,
        rows: &[Row],
        y: f64,
        out: &mut String,
    ) -> f64 {
        let timeline = panel.timeline;
        let size = Pitch::of(rows.len());
        let bottom = y + rows.len() as f64 * size.pitch;
        self.grid_lines(y, bottom, out);
        for (index, row) in rows.iter().enumerate() {
            let y = y + index as f64 * size.pitch;
            let name = self.scene.label(timeline, view, index);
            let shown = cut(&name, NOTE, self.left - MARGIN - 8.0);
            let _ = write!(
                out,
                "<text class=\"end\" x=\"{}\" y=\"{}\">{}</text>",
                self.left - 8.0,
                number(y + size.bar - (size.bar - 8.0) / 2.0),
                escape(&shown),
            );
            self.row(timeline, view, row, y, size, out);
        }
        self.critical(panel, view, rows.len(), y, size, out);
        let end = timeline.wall() as f64 / self.scene.axis as f64;
        let _ = write!(
            out,
            "<path class=\"line\" d=\"M{} {}V{}\"/>",
            number(self.left + end * self.plot),
            number(y - 2.0),
            number(bottom)
        );
        bottom + 2.0
    }

    fn grid_lines(&self, top: f64, bottom: f64, out: &mut String) {
        let (top, bottom) = (number(top - 2.0), number(bottom));
        out.push_str("<path class=\"grid\" d=\"");
        for (part, _) in &self.top_ticks.marks {
            let x = number(self.left + part * self.plot);
            let _ = write!(out, "M{x} {top}V{bottom}");
        }
        out.push_str("\"/>");
    }

    fn row(
        &mut self,
        timeline: &Timeline,
        view: View,
        row: &Row,
        y: f64,
        Pitch { bar, .. }: Pitch,
        out: &mut String,
    ) {
        let size = self.scene.tasks;
        let runs = self.grid.runs(
            &row.cells,
            timeline.begin,
            self.scene.classes,
            |task| task / size,
        );
        let mut paths: BTreeMap<(bool, Look), String> = BTreeMap::new();
        let (mut arrows, mut marks) = (String::new(), String::new());
        for Run { doing, class, from, to } in runs {
            let look = Look::of(doing, class);
            self.looks.insert(look);
            let (x, long) = (from * self.column, (to - from) * self.column);
            // A bar without an outline is a line as thick as it is high.
            let wide = long >= 3;
            let path = paths.entry((wide, look)).or_default();
            let _ = match wide {
                true => write!(path, "M{x} 0h{long}v{bar}h-{long}z"),
                false => write!(path, "M{x} {}h{long}", bar / 2.0),
            };
            let name = self.scene.mark(timeline, class);
            let name_width = width(&name, 10.0);
            let room = long as f64 - 6.0;
            let mid = bar / 2.0;
            let mut mark = |x: f64| {
                let _ = write!(
                    marks,
                    "<text class=\"mark\" x=\"{}\" y=\"{}\">{}</text>",
                    number(x),
                    number(mid + 3.5),
                    escape(&name)
                );
            };
            let (start, end) = (x as f64, (x + long) as f64);
            let by_worker = view == View::Workers;
            let numbered =
                self.marks && room >= name_width && (size == 1 || by_worker);
            match doing {
                Doing::Compute if numbered => mark((start + end) / 2.0),
                Doing::Turn if numbered && by_worker => {
                    mark((start + end) / 2.0);
                }
                Doing::Io => {
                    let mut start = start + 3.0;
                    if numbered && by_worker && room >= name_width + 18.0 {
                        mark(start + name_width / 2.0 + 1.0);
                        start += name_width + 4.0;
                    }
                    arrow(start, end - 3.0, mid, &mut arrows);
                }
                _ => {}
            }
        }
        let _ = write!(
            out,
            "<g transform=\"translate({} {})\">",
            self.left,
            number(y)
        );
        // Lines first: the outlines of bars stay whole.
        for ((wide, look), path) in paths {
            let name = look.name();
            let _ = match wide {
                true => write!(out, "<path class=\"{name}\" d=\"{path}\"/>"),
                false => write!(
                    out,
                    "<path class=\"{name}t\" stroke-width=\"{bar}\" \
                     d=\"{path}\"/>"
                ),
            };
        }
        if !arrows.is_empty() {
            let _ = write!(out, "<path class=\"arrow\" d=\"{arrows}\"/>");
        }
        let _ = write!(out, "{marks}</g>");
    }

    /// The critical path as a line under the bars.
    fn critical(
        &self,
        panel: &Panel<'_>,
        view: View,
        rows: usize,
        y: f64,
        Pitch { bar, pitch }: Pitch,
        out: &mut String,
    ) {
        let begin = panel.timeline.begin;
        let row = |task: usize, worker: Option<usize>| match view {
            View::Tasks => task / self.scene.tasks,
            View::Workers => worker.map_or(rows, |w| w / self.scene.workers),
        };
        let steps = panel.path.steps.iter().map(|step| {
            let row = row(step.task, step.worker);
            (row, step.begin - begin, step.end - begin)
        });
        let tally = self.grid.tally(rows + 1, steps);
        let found = tally.chunks(rows + 1).map(|of| most(of.iter().copied()));
        let found: Vec<usize> = found.map_while(|row| row).collect();
        // What occupies no worker goes on below the row of the one before, and
        // at the begin below that of the one after.
        let first = found.iter().find(|row| **row < rows);
        let first = first.copied().unwrap_or(0);
        let mut strokes: Vec<Stroke> = Vec::new();
        for (column, found) in found.into_iter().enumerate() {
            let away = found == rows;
            let before = strokes.last().map_or(first, |stroke| stroke.row);
            let row = if away { before } else { found };
            match strokes.last_mut() {
                Some(last) if (last.row, last.away) == (row, away) => {
                    last.to += 1;
                }
                _ => {
                    let (from, to) = (column, column + 1);
                    strokes.push(Stroke { row, away, from, to });
                }
            }
        }
        let height = |row: usize| number(y + row as f64 * pitch + bar + 1.0);
        let [mut along, mut off, mut links] = [const { String::new() }; 3];
        let mut before = None;
        for Stroke { row, away, from, to } in strokes {
            let x = number(self.left + (from * self.column) as f64);
            let (at, long) = (height(row), (to - from) * self.column);
            let line = if away { &mut off } else { &mut along };
            let _ = write!(line, "M{x} {at}h{long}");
            if let Some(before) = before.filter(|before| *before != row) {
                let _ = write!(links, "M{x} {}V{at}", height(before));
            }
            before = Some(row);
        }
        for (class, path) in [("link", links), ("path", along), ("away", off)] {
            if !path.is_empty() {
                let _ = write!(out, "<path class=\"{class}\" d=\"{path}\"/>");
            }
        }
    }

    /// A time axis; returns where it ends.
    fn scale(&self, ticks: &Ticks, y: f64, top: bool, out: &mut String) -> f64 {
        let unit = match self.scene.picture.unit {
            Some(unit) if ticks.unit == "U" => {
                format!("U = {}", axis::time(unit.as_nanos()))
            }
            _ => ticks.unit.clone(),
        };
        let (line, text) =
            if top { (y + 18.0, y + 12.0) } else { (y, y + 15.0) };
        let tick = if top { "v-4" } else { "v4" };
        let class = "end";
        out.push_str(&label(self.left - 14.0, text, class, &unit));
        let (left, plot) = (number(self.left), number(self.plot));
        let mut path = format!("M{left} {}h{plot}", number(line));
        for (part, value) in &ticks.marks {
            let x = self.left + part * self.plot;
            let _ = write!(path, "M{} {}{tick}", number(x), number(line));
            out.push_str(&label(x, text, "mid", value));
        }
        let _ = write!(out, "<path class=\"line\" d=\"{path}\"/>");
        y + if top { 24.0 } else { 18.0 }
    }

    /// Whether a critical path leaves the rows by worker.
    fn is_away(&self) -> bool {
        let paths = self.scene.panels.iter().map(|panel| &panel.path);
        let mut steps = paths.flat_map(|path| &path.steps);
        let narrow = self.scene.axis / self.grid.columns as u64;
        let by_worker = self.scene.picture.views.contains(&View::Workers);
        by_worker
            && steps.any(|step| {
                step.worker.is_none() && step.end - step.begin > narrow
            })
    }

    /// What the colours and lines mean; returns where it ends.
    fn legend(&self, top: f64, out: &mut String) -> f64 {
        let timeline = self.scene.panels[0].timeline;
        let mut groups = Vec::new();
        let mut others = Vec::new();
        for look in &self.looks {
            match look {
                Look::Group(class) => groups.push(*class),
                Look::Other(doing) => others.push(*doing),
            }
        }
        let several = if self.scene.tasks > 1 { "s" } else { "" };
        let mut items = Vec::new();
        if !groups.is_empty() {
            let more = groups.len() > COLOUR_COUNT;
            groups.truncate(COLOUR_COUNT);
            let swatch = |class: usize| {
                let mark = self.scene.mark(timeline, class);
                (Look::Group(class), Some(mark))
            };
            let swatches = groups.into_iter().map(swatch).collect();
            let more = if more { " …" } else { "" };
            items.push((swatches, format!("{more} computing task{several}")));
        }
        for doing in others {
            let text = match doing {
                Doing::Io => "waiting for I/O",
                Doing::Turn | Doing::Compute => "waiting for a turn",
                Doing::Ready => "ready, waiting for a free worker or slot",
                Doing::Idle => "idle worker",
            };
            items.push((vec![(Look::Other(doing), None)], text.to_owned()));
        }
        let dotted = match self.is_away() {
            true => ", dotted where it occupies no worker",
            false => "",
        };
        items.push((Vec::new(), format!("critical path{dotted}")));
        let (mut x, mut y) = (MARGIN, top);
        for (swatches, text) in items {
            let room = |mark: &Option<String>| {
                let mark = mark.as_ref().map_or(0.0, |mark| width(mark, 11.0));
                (mark + 8.0).max(24.0).ceil()
            };
            let bars: f64 = swatches.iter().map(|(_, m)| room(m) + 3.0).sum();
            let bars = bars.max(28.0);
            let all = bars + width(&text, NOTE) + 18.0;
            if x > MARGIN && x + all > WIDTH - MARGIN + 18.0 {
                (x, y) = (MARGIN, y + 20.0);
            }
            if swatches.is_empty() {
                let (x, y) = (number(x), number(y + 7.0));
                let _ = write!(out, "<path class=\"path\" d=\"M{x} {y}h24\"/>");
            }
            let mut at = x;
            for (look, mark) in &swatches {
                let wide = room(mark);
                swatch(*look, mark.as_deref(), (at, y), wide, out);
                at += wide + 3.0;
            }
            out.push_str(&label(x + bars + 3.0, y + 11.0, "key", &text));
            x += all;
        }
        y + 26.0
    }
}

/// One box of the legend.
fn swatch(
    look: Look,
    mark: Option<&str>,
    (x, y): (f64, f64),
    wide: f64,
    out: &mut String,
) {
    let _ = write!(
        out,
        "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{wide}\" \
         height=\"14\"/>",
        look.name(),
        number(x),
        number(y)
    );
    if let Some(mark) = mark {
        out.push_str(&label(x + wide / 2.0, y + 10.5, "mark", mark));
    }
    if look == Look::Other(Doing::Io) {
        let mut path = String::new();
        arrow(x + 3.0, x + wide - 3.0, y + 7.0, &mut path);
        let _ = write!(out, "<path class=\"arrow\" d=\"{path}\"/>");
    }
}

/// An arrow, where there is room for one.
fn arrow(from: f64, to: f64, y: f64, path: &mut String) {
    if to - from < 8.0 {
        return;
    }
    let _ = write!(
        path,
        "M{} {}H{}m-4-3l4 3l-4 3",
        number(from),
        number(y),
        number(to)
    );
}

fn label(x: f64, y: f64, class: &str, text: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>",
        number(x),
        number(y),
        escape(text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_shared_in_round_numbers() {
        let sizes = [0, 23, 24, 47, 48, 99, 119, 120, 239, 240, 99_999]
            .map(|last| (last, shared(last)));
        assert_eq!(
            sizes,
            [
                (0, 1),
                (23, 1),
                (24, 2),
                (47, 2),
                (48, 5),
                (99, 5),
                (119, 5),
                (120, 10),
                (239, 10),
                (240, 20),
                (99_999, 5000),
            ]
        );
        assert!(usize::MAX / shared(usize::MAX) < MOST_ROWS);
    }
}
