mod mistakes;
mod seeds;
mod unbreakable;
