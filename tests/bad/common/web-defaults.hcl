Kind     = "service-defaults"
Name     = "web"
Protokol = "http"
MeshGateway { Mode = "local" }
