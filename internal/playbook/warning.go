package playbook

import (
	"fmt"
	"strings"
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
	all.sort()
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
