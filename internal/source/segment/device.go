package segment

import "strings"

// device returns what a call's context tells of the device it came from, as
// the attributes device, os, browser and app.
func device(context object) map[string]string {
	agent, hints := context.text("userAgent"), context.object("userAgentData")
	all := map[string]string{
		"os":      system(context.object("os").text("name") + " " + context.object("device").text("type")),
		"browser": marked(browsers, agent),
		"app":     context.object("app").text("name"),
	}
	if all["os"] == "" {
		all["os"] = system(hints.text("platform"))
	}
	if all["os"] == "" {
		all["os"] = system(agent)
	}
	switch {
	case strings.Contains(agent, "iPad"), strings.Contains(context.object("device").text("model"), "iPad"),
		all["os"] == "Android" && agent != "" && !strings.Contains(agent, "Mobile"):
		all["device"] = "tablet"
	case all["os"] == "iOS", all["os"] == "Android", hints.text("mobile") == "true":
		all["device"] = "mobile"
	case all["os"] != "":
		all["device"] = "desktop"
	}
	return all
}

// browsers are the marks of browsers in user agents, those first that claim to
// be others too.
var browsers = [][2]string{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"},
	{"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
}

var systems = [][2]string{
	{"iphone", "iOS"}, {"ipad", "iOS"}, {"ios", "iOS"}, {"android", "Android"}, {"windows", "Windows"}, {"mac", "macOS"},
	{"cros", "ChromeOS"}, {"chrome os", "ChromeOS"}, {"linux", "Linux"},
}

func system(s string) string { return marked(systems, strings.ToLower(s)) }

// marked returns the second half of the first pair whose first half is in s.
func marked(pairs [][2]string, s string) string {
	for _, p := range pairs {
		if strings.Contains(s, p[0]) {
			return p[1]
		}
	}
	return ""
}

// robot reports whether a user agent is a program's that reads on its own.
func robot(agent string) bool {
	agent = strings.ToLower(agent)
	for _, mark := range []string{"bot/", "bot;", "bot)", "googlebot", "bingbot", "crawler", "spider", "headless", "lighthouse", "pingdom", "uptime"} {
		if strings.Contains(agent, mark) {
			return true
		}
	}
	return false
}
