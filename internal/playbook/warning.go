package playbook

import (
	"fmt"
	"strings"
	"time"
)

// manySegments is from how many segments on nobody can keep them apart.
const manySegments = 50

// Warnings returns what is allowed and yet probably wrong, as far as that can
// be told without customers.
func (p *Playbook) Warnings() Problems {
	var all Problems
	if n := len(p.Segments); n > manySegments {
		all = append(all, Problem{File: segmentsFile, Message: fmt.Sprintf("there are %d segments, more than anybody can look after", n),
			Suggestion: "join those that are treated alike"})
	}
	first := map[string]string{}
	for _, d := range p.Segments {
		rule := strings.Join(strings.Fields(d.When), " ")
		if other, twice := first[rule]; twice {
			all = append(all, p.AtSegment(d.Name, "this segment has the same rule as `"+other+"`", "keep one of them"))
			continue
		}
		first[rule] = d.Name
	}
	for _, c := range p.Campaigns {
		all = append(all, p.rhythm(c)...)
	}
	all.sort()
	return all
}

// rhythm returns what does not go together in the times of a campaign.
func (p *Playbook) rhythm(c Campaign) Problems {
	var all Problems
	var total time.Duration
	for i, s := range c.Steps {
		if total += s.After; i > 0 && c.Exit.OrderWithin > 0 && total >= c.Exit.OrderWithin {
			all = append(all, p.AtCampaign(c.Name, fmt.Sprintf("mail %d goes out %s after the start, when the goal of an order within %s is over", i+1,
				FormatDuration(total), FormatDuration(c.Exit.OrderWithin)), "give the goal more time, or the mail less"))
			break
		}
	}
	if c.Start == While && total >= c.Every {
		all = append(all, p.AtCampaign(c.Name, fmt.Sprintf("the mails of one round take %s, and the next begins after %s: it waits for the one before", FormatDuration(total), FormatDuration(c.Every)),
			"make `every` longer"))
	}
	return all
}

// AtSegment returns a problem where the segment is named.
func (p *Playbook) AtSegment(name, message, suggestion string) Problem {
	return p.at("segment/"+name, segmentsFile, message, suggestion)
}

// AtCampaign returns a problem where the campaign is named.
func (p *Playbook) AtCampaign(name, message, suggestion string) Problem {
	return p.at("campaign/"+name, campaignsFile, message, suggestion)
}

func (p *Playbook) at(key, file, message, suggestion string) Problem {
	found := p.places[key]
	found.File, found.Message, found.Suggestion = file, message, suggestion
	return found
}

// In returns the problems of a playbook that lies in dir, so that their files
// can be found from where dir is meant.
func (ps Problems) In(dir string) Problems {
	out := make(Problems, len(ps))
	for i, p := range ps {
		p.File = strings.TrimSuffix(dir, "/") + "/" + p.File
		out[i] = p
	}
	return out
}
