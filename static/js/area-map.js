// <area-map>: the map of an area, drawn, changed, undone. What counts is the text field with the corners, which
// the server reads; the map writes it, and shows what the server has understood of it.
(() => {
  const SWEDEN = [[55.2, 10.5], [69.1, 24.2]];
  const DECIMALS = 6;
  const HISTORY = 50;
  const files = new Map();
  const maps = new WeakMap();

  const fetched = (address) => {
    if (!files.has(address)) files.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
    return files.get(address);
  };

  const rounded = (number) => Number(number.toFixed(DECIMALS));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  // A browser posts its line ends in another way than it keeps them.
  const oneWay = (corners) => corners.replaceAll("\r\n", "\n").trim();
  // Leaflet has latitude first, everybody else longitude.
  const toLatLngs = (ring) => ring.map(([longitude, latitude]) => [latitude, longitude]);

  const text = (tag, content) => {
    const element = document.createElement(tag);
    element.textContent = content;
    return element;
  };

  // --- What lies below: tiles by setting, else the outlines and a grid --------------------------

  const background = (map, box) => {
    const { tiles, attribution, credit } = box.dataset;
    if (tiles) {
      L.tileLayer(tiles, { attribution, maxZoom: 19, referrerPolicy: "no-referrer" }).addTo(map);
      return;
    }
    map.attributionControl.addAttribution(credit);
    outlines(map, box.dataset.lan, "map-lan", 0);
    outlines(map, box.dataset.kommuner, "map-kommun", 8);
    grid(map);
  };

  const outlines = async (map, address, className, fromZoom) => {
    const layer = L.layerGroup([], { pmIgnore: true });
    const show = async () => {
      if (map.getZoom() < fromZoom || map.hasLayer(layer)) return;
      layer.addTo(map);
      const drawn = await fetched(address);
      if (!drawn || layer.getLayers().length) return;
      for (const feature of drawn.features) named(map, feature, className, fromZoom > 0).addTo(layer);
    };
    const hide = () => {
      if (map.getZoom() < fromZoom) layer.remove();
    };
    map.on("zoomend", show);
    map.on("zoomend", hide);
    await show();
  };

  // What lies above what is said in site.css: a pane a class.
  const pane = (map, className) => {
    if (!map.getPane(className)) map.createPane(className);
    return className;
  };

  const named = (map, feature, className, labelled) => {
    const looks = () => ({ className, weight: 1 });
    const made = L.geoJSON(feature, { pmIgnore: true, interactive: false, pane: pane(map, className), style: looks });
    if (labelled) {
      made.eachLayer((layer) =>
        layer.bindTooltip(text("span", feature.properties.name), {
          permanent: true, direction: "center", className: `map-name ${className}-name`, interactive: false,
        }),
      );
    }
    return made;
  };

  const grid = (map) => {
    const lines = L.layerGroup([], { pmIgnore: true }).addTo(map);
    const draw = () => {
      lines.clearLayers();
      const zoom = map.getZoom();
      const step = zoom < 7 ? 1 : zoom < 10 ? 0.2 : zoom < 13 ? 0.02 : 0.005;
      const seen = map.getBounds().pad(0.1);
      const options = { className: "map-grid", weight: 1, interactive: false, pmIgnore: true, pane: pane(map, "map-grid") };
      const line = (points) => L.polyline(points, options).addTo(lines);
      for (let at = Math.ceil(seen.getWest() / step) * step; at < seen.getEast(); at += step) {
        line([[seen.getSouth(), at], [seen.getNorth(), at]]);
      }
      for (let at = Math.ceil(seen.getSouth() / step) * step; at < seen.getNorth(); at += step) {
        line([[at, seen.getWest()], [at, seen.getEast()]]);
      }
    };
    map.on("moveend", draw);
    draw();
  };

  // --- A map --------------------------------------------------------------------------------------

  const makeMap = (box) => {
    const map = L.map(box.querySelector("[data-map-canvas]"), {
      zoomControl: false, minZoom: 4, maxZoom: 18, attributionControl: true, pmIgnore: box.dataset.still !== undefined,
    });
    map.attributionControl.setPrefix(false);
    const container = map.getContainer();
    map.on("zoomend", () => container.classList.toggle("map-far", map.getZoom() < 12));
    L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
    return map;
  };

  const look = (map, ring, areas) => {
    if (ring.length) map.fitBounds(L.latLngBounds(toLatLngs(ring)).pad(0.3));
    else if (areas?.isValid()) map.fitBounds(areas.pad(0.2));
    else map.fitBounds(SWEDEN);
  };

  const showAreas = async (map, address) => {
    const found = address ? await fetched(address) : null;
    if (!found?.features.length) return null;
    const layer = L.layerGroup([], { pmIgnore: true }).addTo(map);
    for (const feature of found.features) named(map, feature, "map-area", true).addTo(layer);
    const bounds = L.latLngBounds([]);
    for (const feature of found.features) bounds.extend(L.geoJSON(feature).getBounds());
    return bounds;
  };

  // For reading: on the page of what was sent.
  const still = (box) => {
    const map = makeMap(box);
    const ring = JSON.parse(box.dataset.ring);
    look(map, ring, null);
    background(map, box);
    L.polygon(toLatLngs(ring), { className: "map-drawn", interactive: false }).addTo(map);
  };

  // For drawing.
  class Drawing {
    constructor(box) {
      this.box = box;
      this.field = document.getElementById(box.dataset.corners);
      this.map = makeMap(box);
      this.ring = this.understood() ?? [];
      this.before = [];
      this.layer = null;
      look(this.map, this.ring, null);
      background(this.map, box);
      this.show();
      this.listen();
      showAreas(this.map, box.dataset.areas).then((areas) => {
        if (!this.ring.length && !this.drawing && areas) look(this.map, [], areas);
      });
      this.tell();
    }

    get drawing() {
      return this.map.pm.globalDrawModeEnabled();
    }

    // The corners as the server has read them; null while it cannot, or has not read the latest.
    understood() {
      const { ring, of } = document.getElementById(this.box.dataset.said).dataset;
      const isLatest = oneWay(of) === oneWay(this.field.value);
      return ring && isLatest ? JSON.parse(ring) : null;
    }

    listen() {
      for (const name of ["draw", "done", "undo", "clear"]) {
        this.button(name).addEventListener("click", () => this[name]());
      }
      this.map.on("pm:create", ({ layer }) => {
        const drawn = this.corners(layer);
        layer.remove();
        this.take(drawn);
      });
      this.map.on("pm:drawstart pm:drawend", () => this.tell());
      this.map.on("pm:drawstart", ({ workingLayer }) => workingLayer.on("pm:vertexadded", () => this.tell()));
    }

    button(name) {
      return this.box.querySelector(`[data-map-${name}]`);
    }

    corners(layer) {
      return layer.getLatLngs()[0].map(({ lng, lat }) => [rounded(lng), rounded(lat)]);
    }

    // --- What the buttons do ---------------------------------------------------------------------

    draw() {
      if (this.drawing) return;
      this.map.pm.enableDraw("Polygon", {
        allowSelfIntersection: false, snappable: false, tooltips: false, continueDrawing: false,
        templineStyle: { className: "map-templine" }, hintlineStyle: { className: "map-hintline" }, pathOptions: { className: "map-drawn" },
      });
    }

    // Geoman's own toolbar ends and shortens a drawing by these two.
    done() {
      this.map.pm.Draw.Polygon._finishShape();
      this.tell();
    }

    undo() {
      if (this.drawing) {
        if (this.begun > 1) this.map.pm.Draw.Polygon._removeLastVertex();
        else this.map.pm.disableDraw();
      } else if (this.before.length) {
        this.ring = this.before.pop();
        this.show();
        this.write();
      }
      this.tell();
    }

    clear() {
      this.map.pm.disableDraw();
      this.take([]);
    }

    get begun() {
      return this.drawing ? this.map.pm.Draw.Polygon._layer?.getLatLngs().flat().length ?? 0 : 0;
    }

    // --- The ring ----------------------------------------------------------------------------------

    take(ring) {
      if (!same(ring, this.ring)) {
        this.before.push(this.ring);
        this.before.splice(0, Math.max(0, this.before.length - HISTORY));
        this.ring = ring;
        this.write();
      }
      this.show();
      this.tell();
    }

    show() {
      this.layer?.remove();
      this.layer = null;
      if (!this.ring.length) return;
      this.layer = L.polygon(toLatLngs(this.ring), { className: "map-drawn" }).addTo(this.map);
      this.layer.pm.enable({ allowSelfIntersection: false, snappable: false });
      const changed = () => {
        if (this.layer.getLatLngs()[0]?.length >= 3) this.take(this.corners(this.layer));
        else this.show();
      };
      this.layer.on("pm:markerdragend pm:vertexadded pm:vertexremoved", () => setTimeout(changed));
    }

    write() {
      this.field.value = this.ring.map(([longitude, latitude]) => `${latitude.toFixed(DECIMALS)}, ${longitude.toFixed(DECIMALS)}`).join("\n");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }

    // The field was typed into, or came back from the server.
    follow() {
      const ring = this.understood();
      if (ring === null || same(ring, this.ring) || this.drawing) return;
      this.before.push(this.ring);
      this.ring = ring;
      this.show();
      look(this.map, ring, null);
      this.tell();
    }

    tell() {
      const { begun, drawing } = this;
      this.button("draw").hidden = drawing;
      this.button("done").hidden = !drawing;
      this.button("done").disabled = begun < 3;
      this.button("undo").disabled = !(drawing || this.before.length);
      this.button("clear").disabled = !(drawing || this.ring.length);
      const hint = drawing ? "hintDrawing" : this.ring.length ? "hintChange" : "hintStart";
      this.box.querySelector("[data-map-hint]").textContent = this.box.dataset[hint];
    }
  }

  // --- When -----------------------------------------------------------------------------------------

  const start = (box) => {
    if (maps.has(box) || !box.checkVisibility()) return;
    maps.set(box, box.dataset.still === undefined ? new Drawing(box) : still(box));
  };

  const startAll = () => document.querySelectorAll("area-map > [data-map]").forEach(start);

  class AreaMap extends HTMLElement {
    connectedCallback() {
      start(this.querySelector("[data-map]"));
    }
  }

  document.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches?.("details[open]")) return;
      startAll();
      event.target.querySelector(":scope > .map-fold-body [data-map]")?.scrollIntoView({ block: "center" });
    },
    true,
  );
  document.addEventListener("htmx:after:swap", () => {
    for (const box of document.querySelectorAll("area-map > [data-map]")) maps.get(box)?.follow?.();
  });

  // Corners are no buttons: the field below is the way by keyboard.
  L.Marker.mergeOptions({ keyboard: false });
  customElements.define("area-map", AreaMap);
})();
