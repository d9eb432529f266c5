/**
 * Numbers that are arithmetic and not policy: how many months a year has, and how finely an answer is written. They
 * stand here so that a rule file holds no number at all: what is left to read in a rule is either a parameter or a
 * fact.
 */
export const monthsPerYear = 12

/** Ratios of an answer have four decimals (calc.md, Forms). */
export const ratioDecimals = 4

/** Points of a score have two. */
export const pointDecimals = 2

/** A quotient that is rounded to whole fen, one amount for one rounding (C2). */
export const fenDecimals = 0

/** A share of a total as it is printed: ten decimals, cut off and not rounded. */
export const shareDecimals = 10

/** An amount before its one rounding is printed in yuan with six decimals, cut off. */
export const rawDecimals = 6

export const fenPerYuan = 100n

/** Areas are kept in dm², prices are a square metre. */
export const dm2PerM2 = 100n

/** Areas are whole dm²: hundredths of a m². */
export const areaDecimals = 2
