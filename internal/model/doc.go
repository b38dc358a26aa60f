// Package model predicts repeat buying: how often a customer will order, whether
// they are still a customer, what they will spend, and how sure that is.
//
// Without contracts (a customer leaves silently):
//   - BG/NBD: Fader, Hardie & Lee, Marketing Science 24(2), 2005; notes 004, 021
//   - MBG/NBD, the default: Batislam, Denizel & Filiztekin, IJRM 24(3), 2007
//   - Pareto/NBD: Schmittlein, Morrison & Colombo, Management Science 33(1), 1987
//   - NBD: Ehrenberg 1959; nobody leaves; stands in when no leaving can be seen
//   - Gamma-Gamma, the value of an order: Fader & Hardie, note 025
//
// With contracts (the end is seen): sBG, Fader & Hardie, Journal of Interactive
// Marketing 21(1), 2007.
//
// Time is in weeks everywhere, exact days / 7. A fit is deterministic byte for
// byte on one processor architecture, whatever the number of shards that
// collected the data and of processors that fit it. What to do with a number,
// reading orders and choosing which orders count are not here.
package model
