/**
 * Numbers that are arithmetic and not policy: how many months a year has, and how finely an answer is written. They stand
 * here so that a rule file holds no number at all: what is left to read in a rule is either a parameter or a fact.
 */
export const monthsPerYear = 12

/** Ratios of an answer have four decimals (calc.md, Forms). */
export const ratioDecimals = 4

/** Points of a score have two. */
export const pointDecimals = 2

/** A quotient that is rounded to whole fen, one amount for one rounding (C2). */
export const fenDecimals = 0
