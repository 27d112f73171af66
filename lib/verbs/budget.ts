/** What of an investigation's budget steps use up: questions to providers, rows that these gave, requests to services. */
export const BUDGET_KINDS = ['queries', 'rows', 'lookups'] as const;
export type BudgetKind = (typeof BUDGET_KINDS)[number];

/** How much there is of each kind. */
export type Budget = Readonly<Record<BudgetKind, number>>;

/** How much a step may use, or has used; what is absent it does not use. */
export type Spending = Readonly<Partial<Budget>>;
