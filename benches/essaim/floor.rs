//! The floor: the same web server answering the same bytes from memory, with nothing to read and nothing to render.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::server::{Server, free_address};

/// Names the folder of bodies in the process that serves them.
pub const BODIES: &str = "ESSAIM_BENCH_BODIES";
const BIND: &str = "ESSAIM_BENCH_BIND";

/// Serves `/0`, `/1`… until the process is ended.
pub fn serve(bodies: &Path) {
    let mut pages = Vec::new();
    while let Ok(body) = std::fs::read(bodies.join(pages.len().to_string())) {
        pages.push(web::Bytes::from(body));
    }
    let pages = Arc::new(pages);
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let address = std::env::var(BIND).unwrap();
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            App::new().app_data(web::Data::from(pages.clone())).route("/{page}", web::get().to(page))
        })
        .workers(workers)
        .bind(address)
        .unwrap()
        .run()
        .await
        .unwrap();
    });
}

async fn page(pages: web::Data<Vec<web::Bytes>>, number: web::Path<usize>) -> HttpResponse {
    match pages.get(*number) {
        Some(body) => HttpResponse::Ok()
            .insert_header(("Content-Type", "text/html; charset=utf-8"))
            .insert_header(("Cache-Control", "no-store"))
            .body(body.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}

/// A process serving these bodies.
pub fn start(folder: &Path, bodies: &[Vec<u8>]) -> Server {
    std::fs::create_dir_all(folder).unwrap();
    for (number, body) in bodies.iter().enumerate() {
        std::fs::write(folder.join(number.to_string()), body).unwrap();
    }
    let address = free_address();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(BODIES, folder).env(BIND, address.to_string());
    Server::start(command, address)
}
