// Package experiment reads out A/B tests: what the difference is, how sure that
// is, and whether the groups can be compared at all.
//
// Everyone assigned counts, whatever they received. Who is in which group, and
// what counts as an outcome, are not decided here. All functions are pure and
// safe for concurrent use; probabilities and rates are shares of 1.
//
// Sources: Waudby-Smith et al., arXiv 2103.06476 (always-valid intervals); Wilson
// 1927; Newcombe, Statistics in Medicine 17, 1998, method 10; Deng et al., WSDM
// 2013 (CUPED).
package experiment
