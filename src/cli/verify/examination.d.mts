export declare function isSigned(note?: string, signature?: string, key?: string): boolean
/** Whether a value has the keys of a form, in their one order, and under each what belongs there. */
export declare function isForm(value: unknown, form: 'entry'): boolean
