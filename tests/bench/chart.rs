//! A bar chart as SVG: groups of bars on a logarithmic scale, each with its value, readable on light and dark
//! backgrounds.
//!
//! A logarithmic scale has no zero: bars start at a power of ten below the smallest value, and the axis shows it.

use std::fmt::Write as _;

use super::table::{as_float, millions};

const WIDTH: f64 = 760.0;
/// The left and right ends of bars, with space for names before and values after.
const LEFT: f64 = 190.0;
const RIGHT: f64 = 690.0;
const BAR: f64 = 18.0;
const GAP: f64 = 6.0;
const TOP: f64 = 62.0;

/// The kind of program of a bar, which determines its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// This program.
    Own,
    /// A minimal program.
    Floor,
    /// Another program.
    Other,
}

/// A bar: its name and its value in instructions.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) value: u64,
}

/// Bars to compare, with a title.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) title: String,
    pub(crate) bars: Vec<Bar>,
}

/// A logarithmic scale between two powers of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scale {
    from: u32,
    to: u32,
}

impl Scale {
    /// The smallest scale that contains all values.
    fn of(values: impl IntoIterator<Item = u64>) -> Self {
        let (mut from, mut to) = (u32::MAX, 0);
        for value in values.into_iter().map(|value| value.max(1)) {
            from = from.min(value.ilog10());
            to = to.max(value.ilog10() + u32::from(value > 10_u64.pow(value.ilog10())));
        }
        let from = from.min(to);
        Self { from, to: to.max(from + 1) }
    }

    fn x(self, value: u64) -> f64 {
        let part = (as_float(value.max(1)).log10() - f64::from(self.from)) / f64::from(self.to - self.from);
        LEFT + part.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }

    fn ticks(self) -> impl Iterator<Item = u64> {
        (self.from..=self.to).map(|power| 10_u64.pow(power))
    }
}

const STYLE: &str = "\
  <style>
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .title { font-weight: 600 }
    .small { font-size: 11px; fill: #59636e }
    .end { text-anchor: end }
    .middle { text-anchor: middle }
    .line { stroke: #d1d9e0 }
    .own { fill: #0969da }
    .floor { fill: #8c959f }
    .other { fill: #bc7a2e }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .small { fill: #9198a1 }
      .line { stroke: #3d444d }
      .own { fill: #4493f8 }
      .floor { fill: #6e7681 }
      .other { fill: #d29922 }
    }
  </style>
";

/// Draws the chart as SVG.
pub(crate) fn svg(title: &str, axis: &str, groups: &[Group]) -> String {
    let scale = Scale::of(groups.iter().flat_map(|group| group.bars.iter().map(|bar| bar.value)));
    let mut body = String::new();
    let mut y = TOP;
    for group in groups {
        text(&mut body, 10.0, y + 14.0, "title", &group.title);
        y += BAR + GAP;
        for bar in &group.bars {
            draw(&mut body, scale, y, bar);
            y += BAR + GAP;
        }
        y += GAP * 2.0;
    }
    let mut lines = String::new();
    for tick in scale.ticks() {
        let x = scale.x(tick);
        let _ = writeln!(lines, r#"  <line class="line" x1="{x:.1}" y1="{TOP:.0}" x2="{x:.1}" y2="{y:.0}"/>"#);
        text(&mut lines, x, y + 16.0, "small middle", &tick_name(tick));
    }
    text(&mut lines, f64::midpoint(LEFT, RIGHT), y + 36.0, "small middle", axis);
    let height = y + 48.0;
    let mut head = String::new();
    text(&mut head, 10.0, 26.0, "title", title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" width=\"{WIDTH:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"{}\">\n{STYLE}{head}{lines}{body}</svg>\n",
        escaped(title)
    )
}

fn draw(body: &mut String, scale: Scale, y: f64, bar: &Bar) {
    let class = match bar.kind {
        Kind::Own => "own",
        Kind::Floor => "floor",
        Kind::Other => "other",
    };
    let x = scale.x(bar.value);
    let width = (x - LEFT).max(1.0);
    text(body, LEFT - 8.0, y + 13.0, "end", &bar.name);
    let _ = writeln!(
        body,
        r#"  <rect class="{class}" x="{LEFT:.0}" y="{y:.0}" width="{width:.1}" height="{BAR:.0}" rx="2"/>"#
    );
    text(body, x + 6.0, y + 13.0, "", &format!("{} M", millions(bar.value)));
}

fn text(to: &mut String, x: f64, y: f64, class: &str, words: &str) {
    let _ = writeln!(to, r#"  <text class="{class}" x="{x:.1}" y="{y:.0}">{}</text>"#, escaped(words));
}

fn tick_name(value: u64) -> String {
    let millions = as_float(value) / 1e6;
    format!("{millions} M")
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Bar, Group, Kind, LEFT, RIGHT, Scale, svg};

    #[test]
    fn scale_ends_at_powers_of_ten() {
        assert_eq!(Scale::of([427_000, 1_887_000_000]), Scale { from: 5, to: 10 });
        assert_eq!(Scale::of([100, 1000]), Scale { from: 2, to: 3 });
        assert_eq!(Scale::of([100]), Scale { from: 2, to: 3 });
    }

    #[test]
    fn scale_is_logarithmic() {
        let scale = Scale::of([427_000, 1_887_000_000]);
        let step = (RIGHT - LEFT) / 5.0;
        for value in [100_000, 427_000, 9_999_999, 1_000_000_000] {
            let distance = scale.x(value * 10) - scale.x(value);
            assert!((distance - step).abs() < 1e-6, "{value}: {distance}, not {step}");
        }
        assert!((scale.x(100_000) - LEFT).abs() < 1e-6 && (scale.x(10_000_000_000) - RIGHT).abs() < 1e-6);
    }

    #[test]
    fn chart_labels_every_bar_with_its_value() {
        let bar = |name: &str, kind, value| Bar { name: name.into(), kind, value };
        let bars = vec![bar("sso-oidc", Kind::Own, 1_145_000), bar("a < b", Kind::Other, 15_650_000)];
        let picture = svg("One call", "instructions", &[Group { title: "http".into(), bars }]);
        for part in ["sso-oidc", "1.15 M", "a &lt; b", "15.7 M", "prefers-color-scheme: dark", "instructions", "10 M"] {
            assert!(picture.contains(part), "{part} is not in\n{picture}");
        }
        assert_eq!(picture.matches("<rect").count(), 2);
    }
}
