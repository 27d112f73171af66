export { type Combination, countCombinations, type Normalisation } from './combinations.ts';
export { type NotableValues, type RarityScore, scoreCombinations } from './score-rarity.ts';
