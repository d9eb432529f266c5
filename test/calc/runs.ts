/** How often a property is tried: 500 times in `npm test`, 10,000 times a night (`npm run test:nightly`). */
export const numRuns = process.env.YIBEN_NIGHTLY ? 10_000 : 500
