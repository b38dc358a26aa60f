package experiment

// Adjusted returns the two arms with what is explained by what the customers had
// done before taken out: y − θ(x − x̄), θ the regression of y on x within the
// arms, x̄ over both. It also returns the share of the variance that is gone. The
// difference stays unbiased, because x was there before anyone was assigned.
func Adjusted(a, b *Tally) (Arm, Arm, float64) {
	na, nb := float64(a.n-1), float64(b.n-1)
	xx, xy, yy := na*a.varianceBefore()+nb*b.varianceBefore(), na*a.both()+nb*b.both(), na*a.Arm().Variance+nb*b.Arm().Variance
	if !(xx > 0 && yy > 0) {
		return a.Arm(), b.Arm(), 0
	}
	theta := xy / xx
	before := (a.mean(&a.x)*float64(a.n) + b.mean(&b.x)*float64(b.n)) / float64(a.n+b.n)
	adjust := func(t *Tally) Arm {
		arm := t.Arm()
		arm.Mean -= theta * (t.mean(&t.x) - before)
		arm.Variance = max(arm.Variance+theta*(theta*t.varianceBefore()-2*t.both()), 0)
		return arm
	}
	return adjust(a), adjust(b), xy * xy / (xx * yy)
}

// varianceBefore returns the variance of x, and both the covariance of x and y.
func (t *Tally) varianceBefore() float64 { return t.covariance(&t.xx, &t.x, &t.x) }
func (t *Tally) both() float64           { return t.covariance(&t.xy, &t.x, &t.y) }
