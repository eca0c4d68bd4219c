mod map;
mod mistakes;
mod seeds;
mod unbreakable;
