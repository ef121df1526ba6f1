package main

import (
	"image/color"
	"math"
	"os"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

var colors = map[variant]color.Color{
	shared:  color.RGBA{R: 0x00, G: 0x5f, B: 0xb8, A: 0xff},
	direct:  color.RGBA{R: 0xd9, G: 0x5f, B: 0x02, A: 0xff},
	floor:   color.RGBA{R: 0x1b, G: 0x9e, B: 0x77, A: 0xff},
	builtin: color.RGBA{R: 0x66, G: 0x66, B: 0x66, A: 0xff},
}

// panel is one of the diagrams side by side.
type panel struct {
	title    string
	variants []variant
	value    func(run) float64
}

var panels = []panel{
	{"Requests of a plan", []variant{shared, direct}, func(r run) float64 { return float64(r.requests()) }},
	{"Time of a plan (s)", []variant{shared, direct, floor, builtin}, func(r run) float64 { return r.Seconds }},
	{"Peak memory of the provider (MB)", []variant{shared, direct, floor}, megabytes},
}

func megabytes(r run) float64 { return float64(r.PeakBytes) / 1e6 }

// draw writes how the plans grow with the company as an SVG. Both axes are logarithmic.
func (r results) draw(file string) error {
	sizes, err := r.sizes()
	if err != nil {
		return err
	}
	if sizes = resourceSizes(sizes); len(sizes) == 0 {
		return nil
	}
	row := make([]*plot.Plot, len(panels))
	for i, panel := range panels {
		if row[i], err = r.panel(panel, sizes); err != nil {
			return err
		}
	}
	canvas := vgsvg.New(36*vg.Centimeter, 12*vg.Centimeter)
	area := draw.New(canvas)
	tiles := draw.Tiles{Rows: 1, Cols: len(panels), PadX: vg.Centimeter, PadTop: vg.Millimeter, PadBottom: vg.Millimeter, PadRight: vg.Millimeter}
	for i, cell := range plot.Align([][]*plot.Plot{row}, tiles, area)[0] {
		row[i].Draw(cell)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = canvas.WriteTo(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (r results) panel(panel panel, sizes []size) (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = panel.title, "users (dashed: whole sets)"
	p.Title.Padding = vg.Millimeter
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = usersTicks(sizes), plot.TickerFunc(decimalTicks)
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	lines := map[variant][]plot.Thumbnailer{}
	for _, v := range panel.variants {
		for _, shape := range []shape{edges, sets} {
			var points plotter.XYs
			for _, s := range sizes {
				if runs := r.of(s, plan, v); s.Shape == shape && len(runs) > 0 {
					points = append(points, plotter.XY{X: float64(s.Users), Y: medianOf(runs, panel.value)})
				}
			}
			if len(points) == 0 {
				continue
			}
			line, marks, err := plotter.NewLinePoints(points)
			if err != nil {
				return nil, err
			}
			line.Color, marks.Color = colors[v], colors[v]
			line.Width, marks.Radius, marks.Shape = vg.Points(1.5), vg.Points(3), draw.CircleGlyph{}
			if shape == sets {
				line.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
			}
			p.Add(line, marks)
			lines[v] = append(lines[v], line, marks)
		}
		if len(lines[v]) > 0 {
			p.Legend.Add(string(v), lines[v][:2]...)
		}
	}
	p.X.Min, p.X.Max = p.X.Min/1.2, p.X.Max*1.2
	p.Y.Min, p.Y.Max = p.Y.Min/1.5, p.Y.Max*4 // the legend has the room above the lines
	return p, nil
}

func usersTicks(sizes []size) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for _, s := range sizes {
		tick := plot.Tick{Value: float64(s.Users), Label: strconv.Itoa(s.Users)}
		if !slices.Contains(ticks, tick) {
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// decimalTicks labels 1, 2, 5, 10, 20, 50 and so on.
func decimalTicks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for decade := math.Pow10(int(math.Floor(math.Log10(low)))); decade <= high; decade *= 10 {
		for _, digit := range []float64{1, 2, 5} {
			if value := digit * decade; value >= low && value <= high {
				ticks = append(ticks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'g', 6, 64)})
			}
		}
	}
	return ticks
}
