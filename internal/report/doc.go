// Package report shows what an analysis found: in a terminal, and as one
// self-contained page with plots, each with a sentence that says what it means
// and one that says what to do. It computes nothing that is not in the analysis.
package report
