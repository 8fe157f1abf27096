//! What every picture writes in the same way: text and its width, scales, ticks
//! and the few elements of SVG that pictures are made of.

pub mod scale;
pub mod shapes;
pub mod text;
pub mod ticks;
